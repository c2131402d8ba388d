"""Reading a receipt in a process of its own: for one that was left over by an earlier pass."""

from __future__ import annotations

from vinbatch import flow
from vinbatch.effects.pool import Died, Pool
from vinbatch.model import Finding, Receipt, Rulebook
from vinbatch.run.judging.judge import given_rulebook
from vinbatch.settings import Worker


def receive_here(data: bytes) -> Receipt | Finding:
    """Runs in a worker."""
    return flow.receive(data, given_rulebook())


def read_apart(data: bytes, worker: Worker, rulebook: Rulebook) -> Receipt | Finding:
    """The receipt, or why there is none. RuntimeError where its reader died."""
    with Pool(1, worker.memory_megabytes, worker.seconds, rulebook) as workers:
        (answer,) = workers.map(receive_here, [data])
    if isinstance(answer, Died):
        raise RuntimeError(f"a process died of reading it ({answer.reason}) {answer.detail}")
    return answer
