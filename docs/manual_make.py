"""The clerk's manual as one file for any browser: text and pictures, no script, nothing from outside."""

from __future__ import annotations

import base64
import re
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

HERE = Path(__file__).parent
SOURCE = HERE / "manual.zh.md"
TARGET = HERE.parent / "vinbatch" / "manual" / "使用手册.html"
_KINDS = {".png": "image/png", ".svg": "image/svg+xml"}
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; background: #fff;
  font: 16px/1.75 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; }}
h1, h2 {{ color: #14375e; line-height: 1.3; }}
h2 {{ margin-top: 2.5rem; border-bottom: 2px solid #14375e; padding-bottom: .25rem; }}
img {{ max-width: 100%; border: 1px solid #c9d2dc; margin: .5rem 0; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #c9d2dc; padding: .3rem .7rem; text-align: left; vertical-align: top; }}
th {{ background: #eef2f6; }}
code {{ background: #eef2f6; padding: 0 .25em; border-radius: 3px; }}
@media print {{
  body {{ margin: 0; font-size: 11pt; }}
  h2 {{ break-after: avoid; }}
  img {{ break-inside: avoid; }}
}}
</style></head><body>
{body}</body></html>
"""


def anchor(heading: str) -> str:
    """What GitHub makes of a heading: lower case, blanks to hyphens, punctuation dropped."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def manual() -> str:
    """The page."""
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(SOURCE.read_text("utf-8"))
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(inside.content))
        for child in token.children or ():
            _embed(child)
    title = next(t.content for t in tokens if t.type == "inline")
    return _PAGE.format(title=title, body=reader.renderer.render(tokens, reader.options, {}))


def _embed(token: Token) -> None:
    if token.type == "image":
        picture = HERE / str(token.attrs["src"])
        data = base64.b64encode(picture.read_bytes()).decode()
        token.attrSet("src", f"data:{_KINDS[picture.suffix]};base64,{data}")


if __name__ == "__main__":
    TARGET.write_text(manual(), "utf-8")
