"""The script of docs/after-batch.md, run as it stands there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

DOC = Path(__file__).resolve().parents[2] / "docs" / "after-batch.md"


def test_the_script_posts_each_package_once_and_leaves_what_it_could_not_post(tmp_path: Path) -> None:
    (text,) = re.findall(r"```sh\n(#!/bin/sh\n.*?)```", DOC.read_text("utf-8"), re.S)
    script, curl, posted = tmp_path / "post.sh", tmp_path / "curl", tmp_path / "posted"
    script.write_text(text)
    curl.write_text(f'#!/bin/sh\ncase "$*" in *bad*) exit 22 ;; esac\necho "$*" >> {posted}\n')
    packages = [tmp_path / name for name in ("1 a.zip", "2.zip", "bad.zip")]
    for file in (script, curl):
        file.chmod(0o755)
    for package in packages:
        package.write_bytes(b"zip")

    def run(told: str) -> int:
        given = {"PATH": f"{tmp_path}:/usr/bin:/bin", "VINBATCH_PACKAGES": told}
        return subprocess.run([script], env=given, check=False).returncode

    told = "\n".join(map(str, packages))
    assert [run(told), run(told), run("")] == [1, 1, 0]
    assert [p.exists() for p in packages] == [False, False, True]
    assert posted.read_text().count("file=@") == 2
