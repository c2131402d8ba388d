"""vinbatch declares imported vehicles to China's Single Window in bulk, from spreadsheets.

From Python: `vinbatch.check(data)` gives the verdicts of a run (docs/api.md).
"""

from __future__ import annotations

TYPE_CHECKING = False  # known to type checkers by its name: to import it takes as long as all else here
if TYPE_CHECKING:
    from vinbatch import errors
    from vinbatch.api import Problem, Report, check

__version__ = "0.2.0.dev0"
__all__ = ["Problem", "Report", "__version__", "check", "errors"]


def __getattr__(name: str) -> object:
    # Everything imports this module first: what only callers from Python need is loaded when they ask for it.
    if name in ("Problem", "Report", "check"):
        from vinbatch import api

        return getattr(api, name)
    if name == "errors":  # for who names it before any call
        from importlib import import_module

        return import_module("vinbatch.errors")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
