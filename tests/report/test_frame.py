"""The frame of all pages: closed to the outside, and to what people write."""

from __future__ import annotations

import re

import overviews
import pytest

from vinbatch.effects.rulebook import packaged_rulebook
from vinbatch.errors import RulesError
from vinbatch.model import Rulebook
from vinbatch.noun import replace
from vinbatch.report.frame import bar, beside, frame, share
from vinbatch.report.html import html
from vinbatch.report.overview import overview_page
from vinbatch.ruleset import Ruleset, compile_rules


def with_templates(rulebook: Rulebook, **texts: str) -> Ruleset:
    """The rules with these templates, `__` in their names standing for the dot."""
    own = {name.replace("__", "."): text for name, text in texts.items()}
    templates = tuple({**dict(rulebook.templates), **own}.items())
    return compile_rules(replace(rulebook, templates=templates, digest=f"{rulebook.digest}{texts}"))


def page(ruleset: Ruleset, title: str = "t") -> str:
    return html(ruleset, "frame.html", frame=frame(title, "0" * 64, ruleset)).decode()


def test_a_page_forbids_everything_but_its_own_styles(ruleset: Ruleset) -> None:
    assert "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in page(
        ruleset
    )


def test_a_page_names_its_language(rulebook: Rulebook, ruleset: Ruleset) -> None:
    english = compile_rules(
        replace(rulebook, home=(("settings.toml", 'language = "en"'),), digest="english frame")
    )
    assert '<html lang="zh-CN">' in page(ruleset)
    assert '<html lang="en">' in page(english)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("</title><script>alert(1)</script>", "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('"><img src=x onerror=alert(1)>', "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("a\u202egpj.xlsx", "a⟨U+202E⟩gpj.xlsx"),
        ("a\x00\x1b[2J\ud800", "a⟨U+0000⟩⟨U+001B⟩[2J⟨U+D800⟩"),
        ("{{ frame.head }}", "{{ frame.head }}"),
    ],
)
def test_what_a_person_wrote_stays_text(written: str, shown: str, ruleset: Ruleset) -> None:
    assert f"<title>{shown}</title>" in page(ruleset, written)


def test_an_own_template_takes_the_place_of_one_file(rulebook: Rulebook) -> None:
    own = with_templates(rulebook, page__css="p { color: green }")
    assert "p { color: green }" in page(own)
    assert "<!doctype html>" in page(own)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\n{% for %}", "line 2"),
        ("\n\n{{ nobody }}", "page.css, line 3: there is no 'nobody'"),
        ("{{ say('page.nothing') }}", "there is no 'nothing'"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{% include 'gone.css' %}", "there is no template gone.css"),
        (
            "{% import 'codes.toml' as c %}",
            "codes.toml is not read: the name of a template ends in .xml .html",
        ),
    ],
)
def test_a_broken_template_is_named_with_its_line(text: str, named: str, rulebook: Rulebook) -> None:
    with pytest.raises(RulesError, match=r"templates/page\.css") as refused:
        page(with_templates(rulebook, page__css=text))
    assert named in str(refused.value)
    assert refused.value.exit_code == 5


def test_a_link_to_a_file_is_nothing_else() -> None:
    assert beside("javascript:alert(1)") == "./javascript%3Aalert%281%29"
    assert beside("a/../b?c#d.xlsx") == "./a%2F..%2Fb%3Fc%23d.xlsx"


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    assert [share(n, 20000) for n in (0, 1, 19999, 20000)] == ["0%", "0.1%", "99.9%", "100%"]


def test_a_bar_leaves_out_what_there_is_none_of() -> None:
    assert [part.key for part in bar("x", [("declared", "a", 3), ("held", "b", 0)]).parts] == ["declared"]


# ── colours ──────────────────────────────────────────────────────────────────────────────────────

PAIRS = [
    (ink, ground)
    for ink in ("ink", "quiet", "link", "good", "mend", "ask", "note")
    for ground in ("paper", "ground", "raised", "wash")
] + [(tone, f"{tone}-wash") for tone in ("good", "mend", "ask", "note")]


def tokens(css: str, mode: str) -> dict[str, str]:
    """The colours of a mode; dark ones lie over light ones."""
    light, dark = css.split("@media screen and (prefers-color-scheme: dark)")[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if mode == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark[: dark.index("}\n}")]))
    return colours


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(mode: str, ink: str, ground: str, ruleset: Ruleset) -> None:
    """WCAG AA: 4.5 to 1."""
    colours = tokens(ruleset.template("page.css"), mode)
    light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_colours_are_named_once() -> None:
    """Rules of the style sheet use tokens: a colour that stands in a rule would be wrong in the dark."""
    css = compile_rules(packaged_rulebook()).template("page.css")
    rules = re.sub(r":root \{[^}]*\}|/\*.*?\*/|@page[^\n]*", "", css, flags=re.S)
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgb\(", rules) == []


def fills(page: str, where: str = "") -> dict[str, str]:
    """Key → colour and pattern of its swatch; `where` is what narrower rules begin with."""
    found: dict[str, str] = {}
    for heads, body in re.findall(r"^([.\w, -]+) \{ (.*?) \}", page, flags=re.M):
        for head in heads.split(", "):
            if head.startswith((".k-", f"{where}.k-")):
                found[head.rpartition("k-")[2]] = body
    return found


def test_no_two_words_of_a_legend_have_the_same_colour(ruleset: Ruleset) -> None:
    page = overview_page(overviews.busy(ruleset), ruleset).decode()
    bar, *charts = (re.findall(r"swatch k-(\w+)", one) for one in re.findall(r'class="legend".*?</ul>', page))
    assert {"overdue", "held"} <= set(bar)
    for keys, where in ((bar, ""), *((keys, ".chart ") for keys in charts)):
        colours = [fills(page, where)[key] for key in keys]
        assert len(set(colours)) == len(colours)


def test_a_column_has_the_colour_of_its_legend(ruleset: Ruleset) -> None:
    page = overview_page(overviews.busy(ruleset), ruleset).decode()
    columns = dict(re.findall(r"\.f-(\w+) \{ fill: (var\(--c-\w+\))", page))
    assert {key: re.findall(r"var\(--c-\w+\)", fills(page, ".chart ")[key])[0] for key in columns} == columns
