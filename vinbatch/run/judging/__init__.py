"""From files to outcomes.

`portions` says what is worked together, `chunks` works it, `judge` parses and decides, `readying` makes what
is committed. A bug or a deadly file: `run.isolating`, `apart`. The same without a trace: `dry`.
"""
