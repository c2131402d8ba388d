"""How cells look. Colours differ in lightness too, so that they can be told apart without seeing colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FONT = {"zh": "微软雅黑", "en": "Calibri"}
_LINE = "#BFBFBF"
_INK = "#1F2937"
_NAVY = "#12395B"

# The worst finding of a cell. Stops are dark with white bold text, asks yellow with a frame, notes pale blue.
_FINDING: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "stop": {"bg_color": "#C0392B", "font_color": "#FFFFFF", "bold": True},
    "ask": {"bg_color": "#FFE066", "font_color": "#3D2F00", "border": 2, "border_color": "#B8860B"},
    "note": {"bg_color": "#DCEEFB", "font_color": _NAVY},
}
_VERDICT: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "declared": {"bg_color": "#CDE9D6", "font_color": "#0B4F2A", "bold": True},
    "saved": {"bg_color": "#E3F1E7", "font_color": "#0B4F2A"},
    "stored": {"bg_color": "#CDE9D6", "font_color": "#0B4F2A"},
    "held": {"bg_color": "#FFE066", "font_color": "#3D2F00", "bold": True},
    "refused": {"bg_color": "#C0392B", "font_color": "#FFFFFF", "bold": True},
    "unchanged": {"bg_color": "#EDEFF2", "font_color": "#4B5563"},
    "past": {"bg_color": "#EDEFF2", "font_color": "#4B5563"},
    "deleted": {"bg_color": "#D5D9DF", "font_color": "#1F2937", "italic": True},
}
_TONE: Mapping[str, Mapping[str, Any]] = {
    "good": {"bg_color": "#CDE9D6", "font_color": "#0B4F2A"},
    "mend": {"bg_color": "#FFF0B3", "font_color": "#3D2F00"},
    "refused": {"bg_color": "#C0392B", "font_color": "#FFFFFF"},
}
# Headings: required yellow, required under a condition pale yellow, optional white, system-filled grey.
_HEADING = {"required": "#FFD54D", "conditional": "#FFF3C4", "optional": "#FFFFFF", "system": "#D9DDE3"}


def ink(finding: str) -> str:
    """The colour of text in a cell with a finding, as ARGB."""
    return f"FF{_FINDING[finding].get('font_color', _INK)[1:]}"


def styles(lang: str) -> dict[str, dict[str, Any]]:
    """Every style by name, as XlsxWriter properties."""
    base = {"font_name": FONT[lang], "font_size": 10, "font_color": _INK, "valign": "vcenter"}
    framed = {**base, "border": 1, "border_color": _LINE}
    told = {**framed, "indent": 1}
    heading = {**framed, "bold": True, "text_wrap": True, "align": "center"}
    made: dict[str, dict[str, Any]] = {
        "plain": base,
        "title": {**base, "font_size": 18, "bold": True, "font_color": _NAVY},
        "subtitle": {**base, "font_size": 12, "bold": True, "bottom": 2, "bottom_color": _NAVY},
        "label": {**told, "bg_color": "#F3F5F8"},
        "value": {**told, "text_wrap": True},
        "mono": {**told, "font_name": "Consolas", "font_size": 9, "text_wrap": True},
        "count": {**told, "align": "right"},
        "centre": {**framed, "align": "center"},
        "quoted": {**told, "num_format": "@", "text_wrap": True},
        "count_left": {**told, "align": "left"},
        "head": {**heading, "bg_color": _NAVY, "font_color": "#FFFFFF"},
        "wrap": {**told, "text_wrap": True},
        "system": {**told, "font_color": "#4B5563"},
        "link": {**told, "font_color": "#0B57D0", "underline": 1},
    }
    for name, colour in _HEADING.items():
        made[f"heading_{name}"] = {**heading, "bg_color": colour}
    for name, more in _FINDING.items():
        # Input cells: identifiers and dates are text cells, numbers keep the general format.
        made[f"text_{name}"] = {**told, "num_format": "@", **more}
        made[f"number_{name}"] = {**told, "align": "right", **more}
        made[f"severity_{name}"] = {**framed, "align": "center", **more}
    for name, more in _VERDICT.items():
        made[f"verdict_{name}"] = {**framed, "align": "center", **more}
    for name, more in _TONE.items():
        made[f"tone_{name}"] = {**base, **more, "font_size": 13, "bold": True, "text_wrap": True, "indent": 1}
    return made
