"""The names of the column checks: what the schema says failed, and what diagnosis starts from."""

PATTERN = "pattern"
LENGTH = "length"
RANGE = "range"
KNOWN = "known"
