"""Mail, after the pass and without its lock.

`posting` decides what is sent and sends it, `letters` writes it, `postbox` does so beside a watch. `outage`
keeps the troubles that an operator is told of.
"""
