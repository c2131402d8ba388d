"""The names of the column checks: what the schema says failed, and what diagnosis starts from."""

PATTERN = "pattern"
SLOW = "slow"  # the pattern of a home came to no end
LENGTH = "length"
RANGE = "range"
KNOWN = "known"
