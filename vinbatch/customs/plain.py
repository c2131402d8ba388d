"""What a validator says of an XML, in words for those who edit templates."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\{[^}' ]*:[^}' ]*\}")  # {urn:…}Vin, but neither the set {'a', 'b'} nor [0-9]{16}
_ELEMENT = re.compile(r"Element '([^']+)'(?:, attribute '([^']+)')?: (.*)", re.S)
_FACET = r"\[facet '[A-Za-z]+'\] The value "
_DUE = r"Expected is (?:one of )?\( ([^)]*) \)\."
_SAYINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.S), words)
    for pattern, words in (
        (r"This element is not expected\. " + _DUE, "stands where {0} is due"),
        (r"This element is not expected\.", "has no place here"),
        (r"Missing child element\(s\)\. " + _DUE, "lacks {0}"),
        (_FACET + r"(.*) is not accepted by the pattern '(.*)'\.", "{0} is not of the shape {1}"),
        (_FACET + r"(.*) is greater than .*\('(.*)'\)\.", "{0} is more than {1}"),
        (_FACET + r"(.*) is less than .*\('(.*)'\)\.", "{0} is less than {1}"),
        (_FACET + r"has .* '(.*)'; .* maximum length of '(.*)'\.", "has {0} characters, at most {1} fit"),
        (_FACET + r"has .* minimum length .*", "is empty"),
        (_FACET + r"(.*) is not an element of the set \{(.*)\}\.", "{0} is none of {1}"),
        (r"(.*) is not a valid value of the .*", "{0} is not of its kind"),
        (r"The attribute '(.*)' is required but missing\.", "lacks the attribute {0}"),
        (r"The attribute '(.*)' is not allowed\.", "is not allowed"),
        (r"Character content other than whitespace .*", "holds text beside its elements"),
        (r"No matching global declaration .*", "is not the root, or not in the namespace, of a declaration"),
    )
)  # fmt: skip


def in_plain_words(message: str) -> str:
    """The message with the element named first; one that we don't know stays as it is, without namespaces."""
    bare = _SPACE.sub("", message)
    parts = _ELEMENT.fullmatch(bare)
    if parts is None:
        return bare
    element, attribute, said = parts.groups()
    where = f"{element}, attribute {attribute}" if attribute else str(element)
    for pattern, words in _SAYINGS:
        told = pattern.fullmatch(said)
        if told:
            return f"{where}: {words.format(*told.groups())}"
    return f"{where}: {said}"
