"""`templates/declaration.xml`: an integrator's to edit, and checked every time it is used."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vinbatch.errors import RulesError
from vinbatch.ruleset import Ruleset

NAME = "declaration.xml"
_CURE = f"mend templates/{NAME}; nothing was declared, and the files stay where they are"


def render_xml(ruleset: Ruleset, context: Mapping[str, object]) -> str:
    """The template filled in. RulesError where it does not compile, or names what there is not."""
    try:
        return _template(ruleset).render(context)
    except TemplateError as e:
        raise RulesError(f"templates/{NAME}: {e.message}", _CURE) from e
    except (
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
    ) as e:  # what a template's own expressions raise
        raise RulesError(f"templates/{NAME}: {e}", _CURE) from e


@lru_cache(maxsize=4)
def _template(ruleset: Ruleset) -> Template:
    ruleset.template(NAME)
    # A sandbox: who may edit a template need not be trusted with the machine.
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(dict(ruleset.templates)), autoescape=True, undefined=StrictUndefined
    )
    try:
        return environment.get_template(NAME)
    except TemplateError as e:
        line = getattr(e, "lineno", None)
        where = f"templates/{NAME}, line {line}" if line else f"templates/{NAME}"
        raise RulesError(f"{where}: {e.message}", _CURE) from e
