"""One pass over a home: the effects around `vinbatch.flow`.

The pass: `passing` has the order of its steps, `working` the steps, `passed` what it did; `collecting`,
`waiting`, `rulecheck`, `publishing`.
From files to outcomes: `chunks`, `portions`, `judge`, `readying`, `careful`, `apart`; `dry` without a trace.
Who works: `engines`, `hiring`, `hands`.
Answers: `answering`, `telling`, `telling_apart`, `later`, `paging`, `after`.
What customs says: `receipts`, `receipts_apart`.
Register and overview: `refresh`, `registering`.
Mail: `posting`, `postbox`, `letters`, `outage`.
How a home is: `health`, `alarms`, `lasting`, `status`, `stock`, `folders`, `unattended`, `unseen`, `slow`,
`upkeep`.
Acts by command: `commands`; `keeping` and `regaining` around a restore, `verifying` for an auditor.
"""
