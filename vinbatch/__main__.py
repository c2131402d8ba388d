"""`vinbatch`, and `python -m vinbatch`."""

import atexit
import gc
import os
import sys


def main() -> None:
    """The entry point. Nothing is loaded before the call: each worker imports the script that makes it."""
    from vinbatch.effects.idle import nothing_new

    if nothing_new(sys.argv[1:], os.environ):
        return
    from vinbatch.cli import main as command_line

    atexit.register(gc.freeze)  # what goes with the process need not be looked through for cycles first
    command_line()


if __name__ == "__main__":
    main()
