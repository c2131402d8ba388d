"""Result workbooks and reports, from what is stored.

`answering` says where they are made, `telling` makes and puts them, from the `basis` that `later` looks up;
`paging` makes a report that comes to an end, `telling_apart` one that a pass may have died of. `after` runs
the operator's own command.
"""
