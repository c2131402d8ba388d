"""completion: what a shell needs to complete commands, options and file names."""

from __future__ import annotations

import click

from vinbatch.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the completion of a shell: eval "$(vinbatch completion bash)"."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError("usage.shell", at=shell)
    made = kind(ctx.find_root().command, {}, "vinbatch", "_VINBATCH_COMPLETE")
    # Of bash, source() would ask for its version by running it; whoever evals this has it.
    click.echo(made.source_template % made.source_vars())
    return 0
