"""The clerk's manual as one file, which `init` lays beside the form. `make docs` makes it from docs."""
