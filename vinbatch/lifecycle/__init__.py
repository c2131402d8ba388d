"""Types, states, legal acts; what each row asks for and what becomes of it; what customs' answers do."""

from vinbatch.lifecycle.after import after
from vinbatch.lifecycle.decide import decide
from vinbatch.lifecycle.receipts import Hearing, hear

__all__ = ["Hearing", "after", "decide", "hear"]
