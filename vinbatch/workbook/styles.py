"""How cells look. Colours differ in lightness too, so that they can be told apart without seeing colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FONT = {"zh": "微软雅黑", "en": "Calibri"}
_LINE = "#BFBFBF"
_INK = "#1F2937"

# The worst finding of a cell. Stops are dark with white bold text, asks yellow with a frame, notes pale blue.
_FINDING: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "stop": {"bg_color": "#C0392B", "font_color": "#FFFFFF", "bold": True},
    "ask": {"bg_color": "#FFE066", "font_color": "#3D2F00", "border": 2, "border_color": "#B8860B"},
    "note": {"bg_color": "#DCEEFB", "font_color": "#12395B"},
}
_VERDICT: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "declared": {"bg_color": "#CDE9D6", "font_color": "#0B4F2A", "bold": True},
    "saved": {"bg_color": "#E3F1E7", "font_color": "#0B4F2A"},
    "stored": {"bg_color": "#CDE9D6", "font_color": "#0B4F2A"},
    "held": {"bg_color": "#FFE066", "font_color": "#3D2F00", "bold": True},
    "refused": {"bg_color": "#C0392B", "font_color": "#FFFFFF", "bold": True},
    "unchanged": {"bg_color": "#EDEFF2", "font_color": "#4B5563"},
    "deleted": {"bg_color": "#D5D9DF", "font_color": "#1F2937", "italic": True},
}
_TONE: Mapping[str, Mapping[str, Any]] = {
    "good": {"bg_color": "#CDE9D6", "font_color": "#0B4F2A"},
    "mend": {"bg_color": "#FFF0B3", "font_color": "#3D2F00"},
    "refused": {"bg_color": "#C0392B", "font_color": "#FFFFFF"},
}
# Headings: required yellow, required under a condition pale yellow, optional white, system-filled grey.
_HEADING = {"required": "#FFD54D", "conditional": "#FFF3C4", "optional": "#FFFFFF", "system": "#D9DDE3"}


def styles(lang: str) -> dict[str, dict[str, Any]]:
    """Every style by name, as XlsxWriter properties."""
    base = {"font_name": FONT[lang], "font_size": 10, "font_color": _INK, "valign": "vcenter"}
    framed = {**base, "border": 1, "border_color": _LINE}
    made: dict[str, dict[str, Any]] = {
        "plain": base,
        "title": {**base, "font_size": 18, "bold": True, "valign": "vcenter", "font_color": "#12395B"},
        "subtitle": {
            **base,
            "font_size": 12,
            "bold": True,
            "valign": "vcenter",
            "bottom": 2,
            "bottom_color": "#12395B",
        },
        "label": {**framed, "indent": 1, "bg_color": "#F3F5F8", "valign": "vcenter"},
        "value": {**framed, "indent": 1, "text_wrap": True, "valign": "vcenter"},
        "mono": {
            **framed,
            "indent": 1,
            "font_name": "Consolas",
            "font_size": 9,
            "valign": "vcenter",
            "text_wrap": True,
        },
        "count": {**framed, "indent": 1, "align": "right", "valign": "vcenter"},
        "centre": {**framed, "align": "center"},
        "quoted": {**framed, "indent": 1, "num_format": "@", "text_wrap": True},
        "count_left": {**framed, "indent": 1, "align": "left", "valign": "vcenter"},
        "head": {
            **framed,
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "bg_color": "#12395B",
            "font_color": "#FFFFFF",
        },
        "wrap": {**framed, "indent": 1, "text_wrap": True},
        "system": {**framed, "indent": 1, "font_color": "#4B5563"},
        "link": {**framed, "indent": 1, "font_color": "#0B57D0", "underline": 1},
    }
    for name, colour in _HEADING.items():
        made[f"heading_{name}"] = {
            **framed,
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "bg_color": colour,
        }
    for name, more in _FINDING.items():
        # Input cells: identifiers and dates are text cells, numbers keep the general format.
        made[f"text_{name}"] = {**framed, "num_format": "@", "indent": 1, **more}
        made[f"number_{name}"] = {**framed, "align": "right", "indent": 1, **more}
        made[f"severity_{name}"] = {**framed, "align": "center", **more}
    for name, more in _VERDICT.items():
        made[f"verdict_{name}"] = {**framed, "align": "center", **more}
    for name, more in _TONE.items():
        made[f"tone_{name}"] = {
            **base,
            **more,
            "font_size": 13,
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "indent": 1,
        }
    return made
