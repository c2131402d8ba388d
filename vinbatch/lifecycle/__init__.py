"""Types, states, legal acts; what each row asks for and what becomes of it."""

from vinbatch.lifecycle.after import after
from vinbatch.lifecycle.decide import decide

__all__ = ["after", "decide"]
