"""The order of batches. Their numbers are none: the ten-thousandth of a day has one digit more.

All are our own texts for SQL, nothing of anybody else's goes into them.
"""

# For ORDER BY over the table `batch`. Workbooks of one pass are taken at the same time.
OLDEST_FIRST = "batch.taken, length(batch.number), batch.number"
NEWEST_FIRST = "batch.taken DESC, length(batch.number) DESC, batch.number DESC"
# The same of packages that a restored ledger does not know: nor does it know their batches.
MADE_FIRST = "made, length(batch), batch, type"
# Of two rows of the table `batch`, `old` and `new`: the one came before the other.
CAME_BEFORE = "(old.taken, length(old.number), old.number) < (new.taken, length(new.number), new.number)"
