"""operations: what runs vinbatch on this machine, as files to look at and to install."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from vinbatch.cli.context import Context, pass_context
from vinbatch.cli.tables import say
from vinbatch.effects.names import readable
from vinbatch.errors import UsageError
from vinbatch.mail_settings import TROUBLE
from vinbatch.noun import Noun
from vinbatch.paths import is_file

# What stands in the packaged files for the places of a machine.
_HOME, _PROGRAM, _USER = "/srv/vin", "/opt/vinbatch/bin/vinbatch", "vinbatch"
_OPERATOR = "operator@example.cn"
_MAILTO = f"MAILTO={_OPERATOR}"
_NAMES_USER = re.compile(rf"(-[uo] |-aG [a-z]+ |create 0640 |su ){_USER}( |$|;)", re.M)
_HOME_IN = re.compile(r"""^(?:Environment=)?"?VINBATCH_HOME=(.+?)"?$|^\s*path = (.+)/inbox$""", re.M)
_ODD = "\"'\\$"  # which systemd, cron and logrotate each read in their own way
_HIDDEN = ("/home", "/root", "/run/user")  # from a service with ProtectHome


class Places(Noun, frozen=True):
    """Where vinbatch, who works for this home, and who is told of trouble."""

    home: str
    program: str
    user: str
    trouble: tuple[str, ...] = ()


@click.command()
@click.argument("folder", default="operations", metavar="[DIR]", type=click.Path(path_type=Path))
@pass_context
def operations(context: Context, folder: Path) -> int:
    """Write systemd units, crontab, log rotation and shares, filled in for this home. Overwrites nothing."""
    from vinbatch.effects import disk

    ruleset = context.ruleset
    with disk.reaching(folder):
        folder.mkdir(parents=True, exist_ok=True)
        files = _filled_for(_this(context.root.resolve(), ruleset.settings.mail.kinds.get(TROUBLE, ())))
        kept = {name: _text_of(folder / name) for name in files if os.path.lexists(folder / name)}
        _refuse_others(folder, kept, files)
        for name, text in files.items():
            target = folder / name
            if name in kept:
                say(ruleset.phrase("cli.left" if kept[name] == text else "cli.left_edited", name=str(target)))
                continue
            disk.write_beside(target, text.encode(), replace=False)
            say(str(target))
    return 0


def _filled_for(places: Places) -> dict[str, str]:
    """Each packaged file by its name."""
    from vinbatch.wording import packaged_folder

    packaged = sorted(packaged_folder("operations").iterdir())
    files = [path for path in packaged if path.suffix != ".py" and is_file(path)]
    return {path.name: filled(path.name, path.read_text("utf-8"), places) for path in files}


def _text_of(path: Path) -> str:
    """As it lies there; "" where it is no file of text."""
    return path.read_bytes().decode("utf-8", "replace") if is_file(path) else ""


def _refuse_others(folder: Path, kept: Mapping[str, str], files: Mapping[str, str]) -> None:
    """UsageError where a file is there for another home: whoever installs the folder would start that one."""
    for name, text in kept.items():
        home = _home_in(text)
        if home and home != _home_in(files[name]):
            raise UsageError("usage.other_home", at=readable(folder / name), other=readable(home))


def _home_in(text: str) -> str:
    """The home that a unit, a crontab or the shares are for, as it is written there."""
    found = _HOME_IN.search(text)
    return "" if found is None else found[1] or found[2]


def _this(home: Path, trouble: tuple[str, ...]) -> Places:
    program = Path(sys.executable).with_name("vinbatch")
    number = home.stat().st_uid
    try:
        user = pwd.getpwuid(number).pw_name
    except KeyError:
        user = str(number)
    for path in (home, program):
        if not str(path).isprintable() or any(c in str(path) for c in _ODD):
            raise UsageError("usage.odd_path", at=ascii(str(path)))
    return Places(str(home), str(program), user, trouble)


def filled(name: str, text: str, places: Places) -> str:
    """A packaged file with the places of this machine, written as its reader wants them."""
    home, program = places.home, places.program
    if name.endswith((".service", ".timer")):
        if any(Path(top) in (Path(p), *Path(p).parents) for p in (home, program) for top in _HIDDEN):
            text = text.replace("ProtectHome=yes\n", "")
        if Path("/tmp") in Path(home).parents:  # noqa: S108 - which a service with PrivateTmp does not see
            text = text.replace("PrivateTmp=yes\n", "")
        # An example reaches nobody: where nobody is named, who reads root's mail.
        text = text.replace(_OPERATOR, " ".join(a for a in places.trouble if a == _plain(a)) or "root")
        home = _in_quotes(home)
        program = f'"{_in_quotes(program)}"' if program != _plain(program) else program
    elif name == "crontab":
        program = shlex.quote(program).replace("%", "\\%")
        # Without the line cron mails whom it works for, which reaches somebody; an example reaches nobody.
        told = f"MAILTO={','.join(places.trouble)}" if places.trouble else f"#{_MAILTO}"
        text = text.replace(_MAILTO, told)
    lines = text.replace(_PROGRAM, program).replace(_HOME, home).splitlines(keepends=True)
    return "".join(_with_user(line, places.user) for line in lines)


def _in_quotes(value: str) -> str:
    """Within the double quotes of a unit: % begins a specifier there."""
    return value.replace("%", "%%")


def _plain(value: str) -> str:
    """What systemd takes as it stands."""
    return "".join(c for c in value if c.isalnum() or c in "/._-+@")


def _with_user(line: str, user: str) -> str:
    """Who works: after User= of a unit, in `create` and `su` of logrotate, in the commands of comments."""
    if line.startswith("User="):
        return f"User={user}\n"
    return _NAMES_USER.sub(lambda found: f"{found[1]}{user}{found[2]}", line)
