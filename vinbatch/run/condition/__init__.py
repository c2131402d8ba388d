"""How a home is: for the commands status and doctor, the overview, and the operator's mail.

`health` tells the one thing to do first, then what waits; `status` the same for programs. A line of it is
one of `alarms`, `lasting` says since when. What is looked at: `folders`, `stock`, `unattended`, `unseen`,
`slow`, `upkeep`.
"""
