"""One pass over a home: the effects around `vinbatch.flow`.

The pass: `passing` has the order of its steps, `steps` the steps, `passed` what it did; `collecting`,
`rulecheck`, `ledger_guard`, `publishing`; for all of them `isolating`.
From files to outcomes: the room `judging`, and who works there: `engines`, `hiring`, `hands`.
Results and reports: the room `answers`. Register and overview: `refresh`, `registering`.
What customs says: `receipts`, `receipts_apart`.
Mail: the room `mail`.
How a home is: the room `condition`.
Acts by command: `commands`, `choosing`, `parting`.
Around a restore: `keeping`, `regaining`, `as_then`; for auditors: `verifying`.
"""
