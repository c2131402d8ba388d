"""A program of the operator's own: real processes, real signals."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from vinbatch.effects.program import Ended, check_program, run_program
from vinbatch.errors import RulesError
from vinbatch.wording import Said

LONG = 30.0


def python(code: str, folder: Path, seconds: float = LONG, **environment: str) -> Ended:
    return run_program([sys.executable, "-c", code], folder, environment, seconds)


def gone(pid: int) -> bool:
    """Whether a process is dead: killed ones whose parent died stay for a moment."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_it_gets_the_environment_the_folder_and_an_empty_stdin(tmp_path: Path) -> None:
    code = "import os, sys; print(os.environ['A'], os.getcwd(), repr(sys.stdin.read()))"
    assert python(code, tmp_path, A="1") == Ended(0, f"1 {tmp_path} ''")


def test_both_streams_are_heard_and_the_end_of_them_is_kept(tmp_path: Path) -> None:
    code = "import sys; print('x' * 500_000, flush=True); print('why', file=sys.stderr); sys.exit(7)"
    ended = python(code, tmp_path)
    assert ended.code == 7
    assert ended.said.endswith("x\nwhy")
    assert len(ended.said) <= 4000


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    ended = run_program(["/bin/echo", "$HOME; echo", "|", "cat"], tmp_path, {}, LONG)
    assert ended.said == "$HOME; echo | cat"


WHY = {
    "missing": Said("why.missing", (("said", "No such file or directory"),)),
    "plain": Said("why.denied", (("said", "Permission denied"),)),
}


@pytest.mark.parametrize("name", WHY)
def test_one_that_cannot_be_started_says_why(name: str, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no program")
    ended = run_program([str(tmp_path / name)], tmp_path, {}, LONG)
    assert ended.code is None
    assert ended.trouble == Said("log.not_started", (("why", WHY[name]),))


FIRST_LINES = {
    "#!/nowhere/python -u\n": Said("why.interpreter", (("name", "/nowhere/python"),)),
    "#! /bin\n": Said("why.interpreter", (("name", "/bin"),)),
    "#!/bin/sh\r\nexit 0\r\n": Said("why.windows"),
    "#!\n": Said("why.no_interpreter"),
    "echo done\n": Said("why.no_interpreter"),
}


@pytest.mark.parametrize("text", FIRST_LINES, ids=repr)
def test_a_script_that_linux_cannot_begin_is_told_by_its_first_line(text: str, tmp_path: Path) -> None:
    """Before it is run, and where it is: Linux says only that there is no such file."""
    script = tmp_path / "after"
    script.write_text(text)
    script.chmod(0o755)
    with pytest.raises(RulesError) as refused:
        check_program([str(script)])
    told = refused.value.params["why"]
    assert (refused.value.key, told) == ("usage.first_line", FIRST_LINES[text])
    ended = run_program([str(script)], tmp_path, {}, LONG)
    assert ended.trouble == Said("log.not_started", (("why", told),))


def test_a_script_with_its_interpreter_is_well(tmp_path: Path) -> None:
    (tmp_path / "after").write_text("#!/bin/sh -e\n")
    (tmp_path / "after").chmod(0o755)
    check_program([str(tmp_path / "after")])
    check_program([sys.executable])


def test_one_that_overruns_is_killed_with_its_children(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    ended = python(code, tmp_path, seconds=2.0)
    assert ended.code is None
    assert ended.trouble == Said("log.overran", (("n", "2"),))
    assert gone(int(ended.said))


def test_what_it_leaves_in_the_background_is_over_with_it(tmp_path: Path) -> None:
    """Although that holds the pipe open: we wait for the program, not for the end of its words."""
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid)\n"
    )
    ended = python(code, tmp_path)
    assert ended.code == 0
    assert gone(int(ended.said))


def test_one_that_closes_its_streams_is_waited_for(tmp_path: Path) -> None:
    code = "import os, time; os.close(1); os.close(2); time.sleep(0.5); os._exit(3)"
    assert python(code, tmp_path) == Ended(3, "")


def test_one_that_dies_of_a_signal_is_told_so(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert python(code, tmp_path).code == -signal.SIGTERM
