"""What a careless hand might have written instead: each small change of a module's code, one at a time.

A unit is what can be put into the living module alone: a function, a method, or the value of a name of the
module. Left alone is what changes nothing that the rules promise: annotations, docstrings, decorators,
assertions (a `strict` is one), the English of failures, and what says of itself that nothing gets there
(`pragma: no cover`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

Unit = ast.FunctionDef | ast.Assign | ast.AnnAssign
_Change = tuple[str, Callable[[], None]]  # what is changed, and the changing
Change = tuple[str, Callable[[], None], ast.AST]  # and the part that it concerns: of an `if` its condition

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|JOIN|AND|OR|ORDER BY|SET) ")
# A word of SQL → what might stand there instead, so that it is SQL still.
_IN_SQL = {
    " AND ": " OR ",
    " OR ": " AND ",
    " = ": " <> ",
    " <> ": " = ",
    " < ": " <= ",
    " <= ": " < ",
    " > ": " >= ",
    " >= ": " > ",
    " IN (": " NOT IN (",
    " NOT IN (": " IN (",
    " IS NULL": " IS NOT NULL",
    " IS NOT NULL": " IS NULL",
    " DESC": "",
    "max(": "min(",
    "min(": "max(",
    "DISTINCT ": "",
    " LEFT JOIN ": " JOIN ",
    " UNION ALL ": " UNION ",
    " OR IGNORE ": " ",
    " OR REPLACE ": " ",
}
_WORD_OF_SQL = re.compile("|".join(re.escape(word) for word in sorted(_IN_SQL, key=len, reverse=True)))
_FAILURES = ("RulesError", "KeyError", "refuse", "TypeVar", "cast", "lru_cache")
_UNSEEN = ("annotation", "returns", "decorator_list", "simple")


@dataclass(frozen=True)
class Mutant:
    """The `change`-th change of the `node`-th node of a unit."""

    module: str
    unit: str  # "function", "Class.method" or the name of a value
    node: int
    change: int
    line: int
    last: int
    what: str


def units(source: str) -> dict[str, Unit]:
    """What can be replaced in the living module, by name."""
    found: dict[str, Unit] = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.FunctionDef(name=name):
                found[name] = statement
            case ast.ClassDef(name=name, body=body):
                found |= {f"{name}.{f.name}": f for f in body if isinstance(f, ast.FunctionDef)}
            case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("__"):
                found[name] = statement
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found[name] = statement
    return found


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every change of every unit of a module."""
    unreached = _unreached(source)
    for name, unit in units(source).items():
        for n, node in enumerate(_nodes(unit)):
            line = getattr(node, "lineno", unit.lineno)
            for c, (what, _, part) in enumerate(_changes(node) if line not in unreached else ()):
                first = getattr(part, "lineno", line)
                yield Mutant(module, name, n, c, first, getattr(part, "end_lineno", first), what)


def _unreached(source: str) -> set[int]:
    lines = source.splitlines()
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and "pragma: no cover" in lines[node.lineno - 1]:
            found |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def mutated(unit: Unit, mutant: Mutant) -> Unit:
    """A copy of the unit with the mutant's change."""
    copy = deepcopy(unit)
    _, change, _ = list(_changes(list(_nodes(copy))[mutant.node]))[mutant.change]
    change()
    return ast.fix_missing_locations(copy)


def _nodes(unit: Unit) -> Iterator[ast.AST]:
    """The nodes of a unit that are code, in an order that a copy shares."""
    todo: list[ast.AST] = [unit]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Assert | ast.Raise) or _named(node) in _FAILURES or _is_text(node):
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name not in _UNSEEN:
                todo += [n for n in (value if isinstance(value, list) else [value]) if isinstance(n, ast.AST)]


def _named(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
    return ""


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[Change]:
    part = node.test if isinstance(node, ast.If | ast.IfExp | ast.While) else node
    yield from ((what, change, part) for what, change in _in_place(node))
    yield from _removals(node)


def _in_place(node: ast.AST) -> Iterator[_Change]:
    yield from _operators(node)
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if not isinstance(test, ast.Compare | ast.UnaryOp):
                yield "condition inverted", partial(setattr, node, "test", ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=[_, *_]):
            yield "filter removed", partial(setattr, node, "ifs", [])
        case ast.Return(value=ast.expr() as value) if not _is(value, None):
            yield "returns None", partial(setattr, node, "value", ast.Constant(None))
        case ast.Constant(value=value):
            yield from _constants(node, value)
        case ast.Call():
            yield from _calls(node)


def _operators(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Compare(ops=[op]):
            for other in _COMPARED[type(op)]:
                yield f"{_sign(op)} → {other.__name__}", partial(setattr, node, "ops", [other()])
        case ast.BoolOp(op=ast.And() | ast.Or() as op):
            swapped = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"{_sign(op)} → {_sign(swapped)}", partial(setattr, node, "op", swapped)
            yield "last operand removed", partial(_lose, node, "values", len(node.values) - 1)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _COMPUTED:
            new = _COMPUTED[type(op)]
            yield f"{_sign(op)} → {new.__name__}", partial(setattr, node, "op", new())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not → not not", partial(setattr, node, "operand", ast.UnaryOp(ast.Not(), operand))


def _removals(node: ast.AST) -> Iterator[Change]:
    for part in ("body", "orelse"):
        statements = getattr(node, part, None)
        for i, statement in enumerate(statements if isinstance(statements, list) else ()):
            if isinstance(statement, ast.AugAssign | ast.Expr | ast.Continue) and not _is_text(statement):
                change = partial(statements.__setitem__, i, ast.Pass())
                yield f"line {statement.lineno} removed", change, statement


def _constants(node: ast.Constant, value: object) -> Iterator[_Change]:
    match value:
        case bool():
            yield f"{value} → {not value}", partial(setattr, node, "value", not value)
        case int() | float():
            for other in (value + 1, value - 1):
                yield f"{value} → {other}", partial(setattr, node, "value", other)
        case str():
            yield f"{value!r} → another text", partial(setattr, node, "value", value + "mutant")
            yield from _in_sql(node, value)


def _in_sql(node: ast.Constant, text: str) -> Iterator[_Change]:
    """A condition is one whether Python says it or SQL. What `SET a = ?` gives to a column is none."""
    for found in _WORD_OF_SQL.finditer(text) if _SQL.search(text) else ():
        before, word, after = text[: found.start()], found[0], text[found.end() :]
        if word == " = " and before.rfind("SET ") > before.rfind("WHERE "):
            continue
        what = " ".join(f"…{before[-12:]}[{word} → {_IN_SQL[word]}]{after[:12]}…".split())
        yield what, partial(setattr, node, "value", before + _IN_SQL[word] + after)


def _calls(node: ast.Call) -> Iterator[_Change]:
    if len(node.args) == 2 and not any(isinstance(a, ast.Starred) for a in node.args):
        if _named(node) in ("get", "pop", "getattr", "next"):
            yield "default removed", partial(setattr, node, "args", node.args[:1])
        elif _named(node) not in ("isinstance", "min", "max"):
            yield "arguments swapped", partial(setattr, node, "args", node.args[::-1])
    for i, keyword in enumerate(node.keywords):
        if keyword.arg not in (None, "strict", "maxsize"):
            yield f"{keyword.arg}= removed", partial(_lose, node, "keywords", i)


def _lose(node: ast.AST, name: str, at: int) -> None:
    values = getattr(node, name)
    setattr(node, name, values[:at] + values[at + 1 :])


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _sign(op: ast.AST) -> str:
    return type(op).__name__
