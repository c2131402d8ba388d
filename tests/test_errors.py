"""Every failure has its words, in both languages, wherever it is raised."""

from __future__ import annotations

import ast
import errno
import os
import pickle
import re
from functools import cache
from pathlib import Path

import pytest

from vinbatch import errors, wording
from vinbatch.effects import disk
from vinbatch.wording import Said, texts

PACKAGE = Path(errors.__file__).parent
KEY = re.compile(r"[a-z_]+\.[a-z_]+")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
KINDS = {
    *(name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)),
    "StaleError",
    "error",  # a parameter of disk, home and mounted: the kind of failure that it is for the caller
}
# Calls whose key is a variable; where it comes from, it stands as a literal.
BY_VARIABLE = {
    "effects/disk.py",
    "effects/cluster.py",
    "errors.py",
    "layers.py",
    "ruleset/findings.py",
    "settings.py",
    "templating.py",
}
# Methods of a table of the rules that make a failure: its key comes after the key of the table.
REFUSING = {"refuse", "fault"}
# Parts of a sentence and lines of the log: they have no cure.
HEARD = ("toml.", "xml.", "schema.", "facet.", "jinja.")  # of libraries: `wording.heard` finds them
FREE = ("why.", "log.", "hint.", "unfit.", "flaw.", "invalid.", "rule.several", *HEARD)


@cache
def nodes() -> list[tuple[str, ast.Call | ast.Constant]]:
    """Every call and every literal of the package, with the module that it stands in."""
    return [
        (path.relative_to(PACKAGE).as_posix(), node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call | ast.Constant)
    ]


def calls() -> list[tuple[str, ast.Call]]:
    """Every place that makes a failure, with the module that it stands in."""
    return [
        (at, node)
        for at, node in nodes()
        if isinstance(node, ast.Call) and (_makes(node.func) or _refuses(node.func))
    ]


def _makes(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in KINDS


def _refuses(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in REFUSING


def key_of(call: ast.Call) -> str:
    given = call.args[1:] if _refuses(call.func) else call.args
    first = given[0] if given else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def used() -> set[str]:
    """Every text literal in the package that looks like a key of these texts."""
    groups = {key.partition(".")[0] for key in texts()}
    return {
        node.value
        for _, node in nodes()
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and KEY.fullmatch(node.value)
        and node.value.partition(".")[0] in groups
    }


def test_the_scan_finds_failures() -> None:
    assert len(calls()) > 80


def test_no_failure_is_a_bare_sentence() -> None:
    bare = {at for at, call in calls() if not KEY.fullmatch(key_of(call)) and at not in BY_VARIABLE}
    assert bare == set()


def test_a_failure_fills_every_blank_of_its_sentence() -> None:
    for at, call in calls():
        key = key_of(call)
        if not KEY.fullmatch(key):
            continue
        wanted = {name for said in texts()[key].values() for name in PLACEHOLDER.findall(said)}
        given = {word.arg for word in call.keywords}
        if None in given:  # **told: what is in it stands above the call
            assert given - {None, "at"} <= wanted, (at, key)
        else:
            assert given - {"at"} == wanted, (at, key)


def test_a_text_says_the_same_in_both_languages() -> None:
    for key, text in texts().items():
        cures = set() if key.startswith(FREE) else {"cure_zh", "cure_en"}
        assert set(text) - ({"said", "code"} if key.startswith(HEARD) else set()) == {"zh", "en"} | cures, key
        assert all(text.values()), key
        for kind in ("", "cure_") if cures else ():
            zh, en = (PLACEHOLDER.findall(text[f"{kind}{lang}"]) for lang in ("zh", "en"))
            assert set(zh) == set(en) or key.startswith(HEARD), key
        assert text["zh"].isascii() <= (PLACEHOLDER.sub("", text["zh"]) == ""), key


def test_every_text_is_used() -> None:
    here = {key for key in used() if key in texts()}
    assert here == {key for key in texts() if not key.startswith(HEARD)}


@pytest.mark.parametrize(
    "error",
    [
        errors.AccessError("disk.full", at="/outbox", why=Said("why.full", (("said", "No space left"),))),
        errors.BusyError("lock.busy", what="run", home="/h"),
        errors.SeveralRulesError(
            [errors.RulesError("xsd.doctype"), errors.RulesError("rule.no_text", value="1")]
        ),
    ],
)
def test_a_failure_comes_back_from_a_worker_as_it_was(error: errors.VinbatchError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert [back.told(lang) for lang in ("zh", "en")] == [error.told(lang) for lang in ("zh", "en")]
    assert str(back) == str(error)


def test_what_the_system_says_is_told_in_the_language_of_the_reader() -> None:
    error = errors.AccessError("disk.full", at="/outbox", why=Said("why.full", (("said", "No space left"),)))
    assert error.told("zh").message == "/outbox：磁盘已满"
    assert str(error).startswith("/outbox: No space left\nfree some space")


def test_braces_that_came_from_outside_are_not_filled_in() -> None:
    error = errors.UsageError("usage.several", at="{n}", n="2", vins="{at}")
    assert error.message == "{n}: 2 vehicles end so: {at}"


def test_a_cure_is_a_sentence_and_no_bare_command() -> None:
    command = re.compile(r"(vinbatch|chmod|chown|pip|systemctl) ")
    assert [key for key, text in texts().items() if command.match(text.get("cure_en", ""))] == []


def test_who_names_a_package_that_there_is_not_is_told_where_guids_stand() -> None:
    told = errors.UsageError("package.none", at="X").told("zh").cure
    assert ["批次报告" in told, "vinbatch show VIN" in told, "vinbatch status" in told] == [True] * 3


@pytest.mark.parametrize(
    ("codes", "first"), [((4, 0, 8), 8), ((4, 0, 8, 1), 1), ((3, 4), 4), ((0,), 0), ((), 0)]
)
def test_of_several_exit_codes_the_first_that_applies_counts(codes: tuple[int, ...], first: int) -> None:
    assert errors.first_code(codes) == first


def test_an_exit_code_that_has_no_place_in_the_order_is_told_all_the_same() -> None:
    assert errors.first_code((0, 2)) == 2


def test_a_failure_is_told_where_our_texts_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """With too many open files a pass ended as a bug of ours."""

    def refused() -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(wording, "texts", refused)
    failed = disk.failure(Path("x.db"), OSError(errno.EMFILE, "Too many open files"))
    assert str(failed.told("zh")) == "disk.many: x.db, Too many open files"
