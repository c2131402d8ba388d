"""`templates/declaration.xml`: an integrator's to edit, and checked every time it is used."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vinbatch.errors import RulesError
from vinbatch.ruleset import Ruleset

NAME = "declaration.xml"
_CURE = f"mend templates/{NAME}; nothing was declared, and the files stay where they are"
# What a template's own expressions raise; its context is plain data, nothing of it can fail by itself.
_ITS_OWN = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)


def render_xml(ruleset: Ruleset, context: Mapping[str, object]) -> str:
    """The template filled in. RulesError, with the line, where it is wrong or names what there is not."""
    try:
        return _template(ruleset).render(context)
    except _ITS_OWN as e:
        raise RulesError(f"{_place(e)}: {_reason(e)}", _CURE) from e


@lru_cache(maxsize=4)
def _template(ruleset: Ruleset) -> Template:
    ruleset.template(NAME)
    # A sandbox: who may edit a template need not be trusted with the machine.
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(dict(ruleset.templates)), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(NAME)


def _place(error: Exception) -> str:
    """Jinja2 gives its frames the lines of the template; the innermost one is where it went wrong."""
    if isinstance(error, TemplateSyntaxError):
        return f"templates/{error.name or NAME}, line {error.lineno}"
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == "<template>"]
    return f"templates/{NAME}, line {lines[-1]}" if lines else f"templates/{NAME}"


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    if isinstance(error, RecursionError):
        return "calls itself without end"
    return str(error)
