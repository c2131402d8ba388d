"""The order of batches. Their numbers are none: the ten-thousandth of a day has one digit more."""

# For ORDER BY over the table `batch`. Workbooks of one pass are taken at the same time.
OLDEST_FIRST = "taken, length(number), number"
