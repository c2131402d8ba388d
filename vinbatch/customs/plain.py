"""What a validator says of an XML, in words for those who edit templates."""

from __future__ import annotations

import re

from vinbatch.wording import Said, heard

_SPACE = re.compile(r"\{[^}' ]*:[^}' ]*\}")  # {urn:…}Vin, but neither the set {'a', 'b'} nor [0-9]{16}
_ELEMENT = re.compile(r"Element '([^']+)'(?:, attribute '([^']+)')?: (.*)", re.S)
_FACET = r"\[facet '[A-Za-z]+'\] The value "
_DUE = r"Expected is (?:one of )?\( (?P<due>[^)]*) \)\."
# What is named within a pattern fills the sentence of its key.
_SAYINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.S), key)
    for pattern, key in (
        (r"This element is not expected\. " + _DUE, "invalid.instead"),
        (r"This element is not expected\.", "invalid.misplaced"),
        (r"Missing child element\(s\)\. " + _DUE, "invalid.lacks"),
        (_FACET + r"(?P<value>.*) is not accepted by the pattern '(?P<shape>.*)'\.", "invalid.shape"),
        (_FACET + r"(?P<value>.*) is greater than .*\('(?P<most>.*)'\)\.", "invalid.more"),
        (_FACET + r"(?P<value>.*) is less than .*\('(?P<least>.*)'\)\.", "invalid.less"),
        (_FACET + r"has .* '(?P<n>.*)'; .* maximum length of '(?P<most>.*)'\.", "invalid.long"),
        (_FACET + r"has .* minimum length .*", "invalid.empty"),
        (_FACET + r"(?P<value>.*) is not an element of the set \{(?P<choices>.*)\}\.", "invalid.choice"),
        (r"(?P<value>.*) is not a valid value of the .*", "invalid.kind"),
        (r"The attribute '(?P<due>.*)' is required but missing\.", "invalid.no_attribute"),
        (r"The attribute '.*' is not allowed\.", "invalid.forbidden"),
        (r"Character content other than whitespace .*", "invalid.text"),
        (r"No matching global declaration .*", "invalid.root"),
    )
)  # fmt: skip


def in_plain_words(message: str, code: str = "") -> Said:
    """The message with the element named first, without namespaces; else by the validator's code for it."""
    bare = _SPACE.sub("", message)
    parts = _ELEMENT.fullmatch(bare)
    if parts is None:
        return heard("facet", bare, code)
    element, attribute, said = parts.groups()
    where = f"{element}/@{attribute}" if attribute else str(element)
    for pattern, key in _SAYINGS:
        told = pattern.fullmatch(said)
        if told:
            return Said(key, (("element", where), *sorted(told.groupdict().items())))
    return heard("facet", f"{where}: {said}", code)
