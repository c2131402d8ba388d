"""The rules as data, checked at start. Everything else asks `Ruleset`."""

from vinbatch.ruleset.compiled import compile_rules
from vinbatch.ruleset.digests import TRACE, data_keys, data_of, digest_read, digest_row, digest_told, traces
from vinbatch.ruleset.fields import WHOLE
from vinbatch.ruleset.findings import ROWLESS
from vinbatch.ruleset.looks import looks_of, package_of
from vinbatch.ruleset.receipts import Meaning, ReturnCode, find_receipt
from vinbatch.ruleset.ruleset import Ruleset, Told, in_language
from vinbatch.ruleset.values import read_example, show_decimal
from vinbatch.ruleset.words import Word, fold

__all__ = [
    "ROWLESS",
    "TRACE",
    "WHOLE",
    "Meaning",
    "ReturnCode",
    "Ruleset",
    "Told",
    "Word",
    "compile_rules",
    "data_keys",
    "data_of",
    "digest_read",
    "digest_row",
    "digest_told",
    "find_receipt",
    "fold",
    "in_language",
    "looks_of",
    "package_of",
    "read_example",
    "show_decimal",
    "traces",
]
