"""The templates of a home: an integrator's to edit, compiled once, and checked every time they are used.

What ends in .html or .css is a page, .txt is plain text, all else is XML. In pages and texts `say` gives the
phrases of the rules; in pages no character of a value can hide, turn the line round, or be markup.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, lru_cache, wraps
from types import CodeType
from typing import Any

from jinja2 import (
    BytecodeCache,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    Undefined,
    nodes,
)
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import TemplateNotFound, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vinbatch import budget
from vinbatch.errors import BoundlessError, RulesError
from vinbatch.ruleset import Ruleset
from vinbatch.slips import TEMPLATES, nearest
from vinbatch.visible import visible
from vinbatch.wording import Part, Said, heard


class _NoTextError(Exception):
    """A package would hold what nobody wrote: `None`, `<… object at 0x7f…>`, a list in its brackets, a 0.

    It holds what is `Said` of the reason.
    """


# What a template's own expressions raise; its context is plain data, nothing of it can fail by itself.
_ITS_OWN = (
    TemplateError,
    _NoTextError,
    budget.EndlessError,
    budget.HugeError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    MemoryError,
)
_BOUNDLESS = (budget.EndlessError, budget.HugeError, RecursionError, MemoryError)
_COUNTED = "vinbatch_counted"
_SIZED = "vinbatch_sized"
_PAGES, _TEXTS = (".html", ".css"), (".txt",)
_FOLDER = "templates/"
_MACRO = "template"  # how Jinja2 names the frames of macros; others are blocks, or code of the top level
_MOST_CALLS = 3  # lines that are told beside the one that failed
_ROW = ("values", "elements")  # what a row of the package has
_UNDEFINED = re.compile(r"('.*') is undefined|'.*' has no (?:attribute|element) (.*)")


def render(ruleset: Ruleset, name: str, context: Mapping[str, object], problem: str) -> str:
    """The template filled in. RulesError with file and line where it is wrong or names what is not there;
    BoundlessError where it has no end.

    `problem` is what the failure is called, and so its cure.
    """
    budget.begin()
    try:
        return template(ruleset, name).render(context)
    except _ITS_OWN as e:
        kind = BoundlessError if isinstance(e, _BOUNDLESS) else RulesError
        raise kind(problem, at=_place(e, name), why=_reason(e, _names(ruleset, name, context))) from e


class _Counting(CodeGenerator):
    """Every loop of a template goes through the filter that counts, what `~` joins through another."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja2's name
        for loop in node.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
        for joined in node.find_all(nodes.Concat):
            joined.nodes = [
                nodes.Filter(one, _SIZED, [], [], None, None, lineno=joined.lineno) for one in joined.nodes
            ]
        super().visit_Template(node, frame)


class _Sandbox(ImmutableSandboxedEnvironment):
    """One that counts loops and calls, and the characters that they make.

    The sandbox's judgement of an attribute is one of the object's type: it is asked once of each.
    """

    code_generator_class = _Counting
    intercepted_binops = frozenset(("*", "+", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._judged: dict[tuple[type, str], bool] = {}
        self.filters = {name: _bounded(name, made) for name, made in self.filters.items()}
        self.filters[_COUNTED], self.filters[_SIZED] = budget.counted, budget.sized
        self.globals.pop("lipsum")  # as much text as anybody asks for

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of a mapping goes before its methods: `row.values.items` may be a field of the home's."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call(self, *given: Any, **named: Any) -> Any:
        """What a template calls: a macro may call itself by the million, without a loop."""
        budget.step()
        name = getattr(given[1], "__name__", "")
        if name in budget.SPREAD:
            budget.check_spread(name, (getattr(given[1], "__self__", None), *given[2:], *named.values()))
        return budget.sized(super().call(*given, **named))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """What makes more of two than they are."""
        budget.check_operands(operator, left, right)
        return super().call_binop(context, operator, left, right)

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """Joined when it is known how much that is."""
        some = list(pieces)
        budget.make(sum(map(len, some)))
        return "".join(some)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`text.format` and `text.format_map`, which the sandbox fills by itself."""
        made = super().wrap_str_format(value)
        if made is None:
            return None

        @wraps(made)
        def filled(*given: Any, **named: Any) -> str:
            budget.check_format(value.__self__)
            return made(*given, **named)

        return filled

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see it."""
        kind = type(obj), attr
        if kind not in self._judged:
            self._judged[kind] = super().is_safe_attribute(obj, attr, value)
        return self._judged[kind]


class _Codes(BytecodeCache):
    """Templates compiled by this process, under whatever rules: most homes have the packaged ones."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType]] = {}  # the last of each name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Where the text is the same."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        """In place of what the template was before."""
        if bucket.code is not None:
            self._codes[bucket.key] = bucket.checksum, bucket.code


@cache
def _codes(_ending: str) -> _Codes:
    """For one environment: what a template is compiled to depends on it."""
    return _Codes()


def _bounded(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose result counts, and that is not begun where it would be huge."""

    @wraps(made)  # with what Jinja2 notes on it: which of environment and context it gets
    def bounded(*given: Any, **named: Any) -> Any:
        if name == "format":
            budget.check_format(given[0])
        elif name in budget.SPREAD:
            budget.check_spread(name, (*given, *named.values()))
        return budget.sized(made(*given, **named))

    return bounded


@lru_cache(maxsize=32)
def template(ruleset: Ruleset, name: str) -> Template:
    """The compiled template, once per process and ruleset."""
    ruleset.template(name)
    return _environment(ruleset, _ending(name)).get_template(name)


@lru_cache(maxsize=8)
def _environment(ruleset: Ruleset, ending: str) -> _Sandbox:
    """A sandbox: who may edit a template need not be trusted with the machine. Nothing is read from disk."""
    texts = ruleset.templates

    def load(name: str) -> tuple[str, str, None] | None:
        return (texts[name], _FOLDER + name, None) if name in texts else None

    page = ending in _PAGES
    read = page or ending in _TEXTS  # by people: the lines of a template's own statements are not to be seen
    environment = _Sandbox(
        loader=FunctionLoader(load),
        autoescape=ending not in _TEXTS,
        undefined=StrictUndefined,
        trim_blocks=read,
        lstrip_blocks=read,
        finalize=_seen if page else None if read else _text,
        bytecode_cache=_codes(ending),
    )
    if read:
        environment.globals["say"] = ruleset.phrase
    else:
        environment.filters[_SIZED] = lambda value: budget.sized(_text(value))
        environment.filters |= {name: _strict(environment.filters[name]) for name in ("int", "float")}
    return environment


def _ending(name: str) -> str:
    return name[name.rfind(".") :]


def _seen(value: object) -> object:
    return visible(value) if type(value) is str else value


def _text(value: object) -> object:
    """What customs may get: it says of itself where it is undefined."""
    if isinstance(value, str | int | float | Undefined):
        return value
    raise _NoTextError(Said("flaw.nothing" if value is None else "flaw.no_text"))


def _strict(made: Callable[..., Any]) -> Callable[..., Any]:
    """`int` and `float` of a package: of what is no number customs would be told a 0 that nobody wrote."""

    @wraps(made)
    def number(value: object, default: object = None, *given: Any, **named: Any) -> Any:
        found = made(value, default, *given, **named)
        if found is None:
            raise _NoTextError(Said("flaw.no_number", (("value", str(value)),)))
        return found

    return number


def _place(error: Exception, name: str) -> Part:
    """Jinja2 gives its frames the lines of the templates; the innermost one is where it went wrong.

    What is wrong within a macro may be what it was given: then it is mended where it was called.
    """
    if isinstance(error, TemplateSyntaxError):
        # Of a comment or a raw without end Jinja2 gives the path as its name.
        return _line(f"{_FOLDER}{(error.name or name).removeprefix(_FOLDER)}", error.lineno)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_FOLDER)]
    if not frames:
        return f"{_FOLDER}{name}"
    chain = [frames.pop()]
    while frames and chain[-1].name == _MACRO and len(chain) <= _MOST_CALLS:
        above = frames.pop()
        if (above.filename, above.lineno) not in [(f.filename, f.lineno) for f in chain]:  # it called itself
            chain.append(above)
    place = _line(chain[-1].filename, chain[-1].lineno)
    for below in reversed(chain[:-1]):
        place = Said("flaw.called", (("place", _line(below.filename, below.lineno)), ("by", place)))
    return place


def _line(file: str, number: int | None) -> Said:
    return Said("flaw.line", (("file", file), ("line", str(number))))


def _names(ruleset: Ruleset, name: str, context: Mapping[str, object]) -> list[str]:
    """What a template of this name may have meant: what it gets, and in a package the keys of the fields."""
    if _ending(name) in (*_PAGES, *_TEXTS):
        return list(context)
    return [*context, *_ROW, *(key for index in ruleset.indexes.values() for key in index)]


def _unknown(name: str, names: Collection[str]) -> Said:
    written = name.strip("'")
    like = nearest(written, names) if written not in names else ""  # there is one, but elsewhere
    if like:
        return Said("flaw.unknown_like", (("name", name), ("like", like)))
    if written in names and set(_ROW) <= set(names):
        return Said("flaw.unknown_here", (("name", name),))
    return Said("flaw.unknown", (("name", name),))


def _reason(error: Exception, names: Collection[str]) -> Said:
    if isinstance(error, TemplateNotFound):
        name = str(error.name)
        if not name.endswith(TEMPLATES):
            return Said("flaw.no_ending", (("known", " ".join(TEMPLATES)), ("name", name)))
        return Said("flaw.lost", (("name", name),))
    if isinstance(error, _NoTextError):
        said: Said = error.args[0]
        return said
    if isinstance(error, RecursionError):
        return Said("flaw.endless")
    if isinstance(error, budget.EndlessError):
        return Said("flaw.steps", (("n", str(budget.STEPS)),))
    if isinstance(error, budget.HugeError | MemoryError):
        return Said("flaw.huge", (("n", str(budget.LETTERS)),))
    if isinstance(error, KeyError):
        return _unknown(str(error), names)
    if isinstance(error, UndefinedError) and (named := _UNDEFINED.fullmatch(str(error))):
        return _unknown(named[1] or named[2], names)
    return heard("jinja", str(error))
