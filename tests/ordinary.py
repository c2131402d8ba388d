"""vinbatch in a process that rights count for: root is let into everything, and tests may run as root.

Run as a program, in a child of `Forked`, it gives up what its argument says and is `vinbatch` from then on.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from forked import Forked

_TAKEN = (1, 2, 3)  # dac_override, dac_read_search, fowner: what root has beyond the owner of a file
_NOT_GIVEN_UP = 77
_DROP_FROM_BOUNDING_SET, _VERSION = 24, 0x20080522  # of prctl(2), capset(2)


def ordinary(
    forked: Forked, home: Path, *args: str, epoch: str = "", umask: int = -1, groups: Sequence[int] = ()
) -> CompletedProcess[str]:
    """A command at this home, by somebody who may do what the mode bits say. Skips where nobody can be.

    `epoch` is the time of a trial, "" is now; `groups` are had besides.
    """
    import pytest

    how = {"args": ["--home", str(home), *args], "umask": umask, "groups": list(groups)}
    done = _as(forked, home, how, epoch)
    if done.returncode == _NOT_GIVEN_UP:
        pytest.skip("root cannot do without its rights here")
    return done


def looking(
    forked: Forked,
    home: Path,
    command: Sequence[str],
    user: int,
    groups: Sequence[int],
    epoch: str,
    first: Sequence[str] = (),
) -> CompletedProcess[str]:
    """A command at this home by this user of these groups, after root has given it, or `first`, once."""
    at = ["--home", str(home)]
    given = {"args": [*at, *command], "first": [*at, *(first or command)]}
    how = {**given, "user": user, "groups": list(groups)}
    return _as(forked, home, how, epoch)


def _as(forked: Forked, home: Path, how: dict[str, object], epoch: str) -> CompletedProcess[str]:
    env = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    return forked.program(Path(__file__), home.parent, json.dumps(how), env=env)


class _Capabilities(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def _works(args: Sequence[str], umask: int, groups: Sequence[int]) -> None:
    from vinbatch.__main__ import main

    if umask >= 0:
        os.umask(umask)
    if groups:
        os.setgroups(groups)
    if os.getuid() == 0 and not _given_up():
        sys.exit(_NOT_GIVEN_UP)
    sys.argv = ["vinbatch", *args]
    main()


def _given_up() -> bool:
    """From the bounding set too: a program that is started would have them all again."""
    libc = ctypes.CDLL(None, use_errno=True)
    if any(libc.prctl(_DROP_FROM_BOUNDING_SET, one, 0, 0, 0) for one in _TAKEN):
        return False
    header, sets = (ctypes.c_uint32 * 2)(_VERSION, 0), (_Capabilities * 2)()
    if libc.capget(header, sets):
        return False
    kept = ~sum(1 << one for one in _TAKEN)
    for name, _ in _Capabilities._fields_:
        setattr(sets[0], name, getattr(sets[0], name) & kept)
    return not libc.capset(header, sets)


def _looks(args: Sequence[str], first: Sequence[str], user: int, groups: Sequence[int]) -> NoReturn:
    """As root first: what is loaded late may lie where only root may read."""
    import vinbatch.run.keeping  # of `backup`, which root's own would leave a lock file beside
    from vinbatch.cli.main import vinbatch

    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        vinbatch.main(list(first), standalone_mode=False)
    os.setgroups(groups)
    os.setgid(groups[0])
    os.setuid(user)
    sys.exit(vinbatch.main(list(args), standalone_mode=False))


if __name__ == "__main__":
    _how = json.loads(sys.argv[1])
    (_looks if "user" in _how else _works)(**_how)
