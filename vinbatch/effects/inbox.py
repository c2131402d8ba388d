"""The inbox, from first look to last: scan → claim → settle → drop.

scan(home, now) → Scan                                   what lies there
scan_receipts(home) → candidates                         what customs answered
claim_all(home, scan.ready) → claims, refused            a rename takes each file exactly once
settle(claims, seconds, clock, sleep, archive, …)        one wait for all; bytes into the archive
    → settled, unready
strays(home) → skipped                                   what is in our claim folders and not ours
drop(claim, digest) → "" or where it was put back        when the batch has its answer
count_claims(home) → number                              what was taken and is not finished, for who looks
taken(home) → candidates                                 the same, and since when
open_claims(home) → claims                               recovery: what a killed pass left
all_dropped(home)                                        what was dropped is believed no more
"""

from __future__ import annotations

from vinbatch.effects.claimed import new_id
from vinbatch.effects.claims import (
    Claim,
    all_dropped,
    claim_all,
    drop,
    open_claims,
    put_back,
)
from vinbatch.effects.in_claims import count_claims, has_claims, strays, taken
from vinbatch.effects.scan import (
    LARGE,
    UNREADABLE,
    Candidate,
    Scan,
    Seen,
    Skipped,
    is_receipt,
    most_bytes,
    scan,
    scan_receipts,
)
from vinbatch.effects.settle import Settled, settle

__all__ = [
    "LARGE",
    "UNREADABLE",
    "Candidate",
    "Claim",
    "Scan",
    "Seen",
    "Settled",
    "Skipped",
    "all_dropped",
    "claim_all",
    "count_claims",
    "drop",
    "has_claims",
    "is_receipt",
    "most_bytes",
    "new_id",
    "open_claims",
    "put_back",
    "scan",
    "scan_receipts",
    "settle",
    "strays",
    "taken",
]
