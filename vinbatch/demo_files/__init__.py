"""Workbooks of the demo that a program cannot make: saved by other people's software."""
