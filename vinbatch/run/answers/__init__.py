"""Result workbooks and reports, from what is stored.

`parts` says what an answer consists of and how each part is made, from the `basis` that is looked up with
`later`; `making` tries it whole and plainly. Three ways lead there, which differ in where the basis is looked
up and where the parts are made: `answering` in the pass, `ahead` in workers while it goes on, `apart` in a
process that may die of it. `telling` puts what was made. `after` runs the operator's own command.
"""
