"""`python -m vinbatch`."""

from vinbatch.cli import main

main()
