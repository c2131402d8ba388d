"""init, template, xsd, demo: what a newcomer begins with."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.files import force_option, write_all
from vinbatch.cli.tables import say
from vinbatch.effects.disk import reaching
from vinbatch.model import Type
from vinbatch.noun import replace
from vinbatch.paths import is_folder
from vinbatch.wording import LANGUAGES


@click.command()
@click.argument("folder", default="", metavar="[DIR]", type=click.Path())
@click.option("--lang", type=click.Choice(LANGUAGES), help="What people read there; default: zh.")
@pass_context
def init(context: Context, folder: str, lang: str | None) -> int:
    """Make a home; on an existing one, add what is missing. Overwrites nothing."""
    from vinbatch.effects import failing, forms, guides, making, mounted, receipts_sentinel, works_as
    from vinbatch.effects import home as homes
    from vinbatch.effects.owner import refuse_others
    from vinbatch.effects.rulebook import packaged_rulebook, read_rulebook
    from vinbatch.ruleset import compile_rules
    from vinbatch.workbook.form import build

    root = Path(folder or context.option or os.environ.get("VINBATCH_HOME") or ".")
    with reaching(root):
        known = is_folder(root / "rules")
    book = read_rulebook(root) if known else packaged_rulebook()
    if lang and not book.home:
        book = replace(book, home=(("settings.toml", f'language = "{lang}"'),), digest=book.digest + lang)
    ruleset = compile_rules(book)
    language = ruleset.settings.language
    refuse_others(root / homes.OWN)
    made = making.init(root, build(ruleset, language), guides.guide_text(language), language)
    home = homes.Home(root, ruleset.settings)
    mounted.forget(home)
    receipts_sentinel.forget(home)
    failing.forget_end(home)
    works_as.meant(home)
    if f"reports/{home.form}" in made:
        forms.remember(home, build(ruleset, language))
    place = str(root.resolve())
    if not made:
        say(ruleset.phrase("cli.complete", place=place))
        return 0
    say(ruleset.phrase("cli.made", place=place))
    for name in made:
        say(f"  {name}")
    say(
        ruleset.phrase(
            "cli.next_production" if home.settings.production else "cli.next",
            inbox=f"{place}/inbox",
            place=shlex.quote(place),
            reports=f"{place}/reports",
            settings=f"{place}/rules/settings.toml",
        )
    )
    return 0


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Where to write it; default: here, by its name in reports/.",
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the language of the settings.")
@force_option
@pass_context
def template(context: Context, output: str | None, lang: str | None, force: bool) -> int:
    """Write the empty form. A file that is there is kept: somebody may have filled it in."""
    from vinbatch.effects.home import FORMS
    from vinbatch.workbook.form import build

    language = lang or context.ruleset.settings.language
    path = Path(output or FORMS[language])
    write_all({path: build(context.ruleset, language)}, force=force)
    say(str(path))
    return 0


@click.command()
@click.option(
    "--type",
    "of_type",
    type=click.Choice([t.value for t in Type]),
    default=Type.FILING.value,
    help="Of which packages; default: filing.",
)
@click.option("-o", "--output", metavar="FILE", type=click.Path(), help="Where to write it; default: stdout.")
@force_option
@pass_context
def xsd(context: Context, of_type: str, output: str | None, force: bool) -> int:
    """Print the XSD that the packages of this home are checked against.

    Made from the fields, those of the home included; without a home from the packaged ones. The home's own
    rules/declaration.xsd takes its place.
    """
    from vinbatch.proof import proving

    text, own = proving(context.rulebook, Type(of_type))
    if output:
        write_all({Path(output): text.encode()}, force=force)
        say(output)
    else:
        click.echo(text.encode(), nl=False)
    if own:
        say(context.ruleset.phrase("cli.own_xsd"))
    return 0


@click.command()
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path())
def demo(folder: str | None) -> int:
    """Run the main job on sample workbooks, in a scratch home, and show what came out."""
    from vinbatch.cli.demonstration import demonstrate

    return demonstrate(Path(folder) if folder else None)
