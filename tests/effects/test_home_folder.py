"""The home: made, found, checked."""

import os
import shutil
import signal
from contextlib import nullcontext
from pathlib import Path

import pytest
import tomli

from vinbatch.effects import guides
from vinbatch.effects.home import Home, find_home
from vinbatch.effects.making import init
from vinbatch.effects.rulebook import packaged_rulebook, read_rulebook, stated_language, unread
from vinbatch.effects.starter import starter
from vinbatch.errors import AccessError, PublishError, RulesError
from vinbatch.ruleset import compile_rules
from vinbatch.settings import Settings
from vinbatch.wording import packaged_folder

MADE = [
    ".vinbatch/",
    ".vinbatch/archive/",
    ".vinbatch/locks/",
    "inbox/",
    "inbox/receipts/",
    "outbox/",
    "reports/",
    "rules/",
    "templates/",
    "reports/VIN申报模板.xlsx",
    "inbox/使用说明.txt",
    "reports/使用手册.html",
    "rules/settings.toml",
    ".vinbatch/claims",
    "inbox/.vinbatch-inbox",
]


def test_init_makes_everything_and_says_so(tmp_path: Path) -> None:
    assert init(tmp_path / "a" / "home", b"form", "guide\n") == MADE
    assert all((tmp_path / "a" / "home" / name).exists() for name in MADE)


def test_the_manual_lies_beside_the_form_where_chinese_is_read(tmp_path: Path) -> None:
    init(tmp_path / "zh", b"", "")
    assert "<h1" in (tmp_path / "zh" / "reports" / "使用手册.html").read_text("utf-8")
    assert "reports/使用手册.html" not in init(tmp_path / "en", b"", "", "en")


def test_init_on_a_home_adds_what_is_missing_and_overwrites_nothing(home: Home) -> None:
    form = home.reports / home.form
    form.write_bytes(b"mine")
    home.sentinel.unlink()
    assert init(home.root, b"form", "guide\n") == ["inbox/.vinbatch-inbox"]
    assert form.read_bytes() == b"mine"
    assert init(home.root, b"form", "guide\n") == []


def test_a_fresh_homes_rules_are_the_packaged_ones(home: Home) -> None:
    """A copy would freeze them: an upgrade's new codes and texts would not arrive."""
    assert compile_rules(read_rulebook(home.root)).settings == compile_rules(packaged_rulebook()).settings
    assert os.listdir(home.rules) == ["settings.toml"]  # noqa: PTH208


def test_a_template_among_the_rules_is_sent_to_its_folder(home: Home) -> None:
    assert_refused(home, "rules/declaration.xml", "move it to templates/")


def assert_refused(home: Home, file: str, like: str) -> None:
    """A file of this name stops the reading of the rules, and the cure names another."""
    (home.root / file).write_text("x", "utf-8")
    with pytest.raises(RulesError) as refused:
        read_rulebook(home.root)
    assert file in refused.value.message
    assert like in refused.value.cure


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("Declaration.xml", "declaration.xml"),
        ("declaration.XML", "declaration.xml"),
        ("declaration.xml.j2", "declaration.xml"),
        ("declaration.xml.jinja", "declaration.xml"),
        ("mail.text", "mail.txt"),
        ("raport.html", "report.html"),
        ("gateway.xml", "name it in the template that uses it"),
        ("declaration.xsd", "rules/declaration.xsd"),
    ],
)
def test_a_template_that_nothing_reads_is_refused_with_the_nearest_name(
    home: Home, name: str, like: str
) -> None:
    """Packages in the packaged format would go out in its stead."""
    assert_refused(home, f"templates/{name}", like)


def test_a_template_that_another_one_names_is_read(home: Home) -> None:
    (home.templates / "declaration.xml").write_text("{% include 'head-own.xml' %}", "utf-8")
    (home.templates / "head-own.xml").write_text("x", "utf-8")
    (home.templates / "form.xlsx").write_bytes(b"x")
    (home.templates / "declaration.xml.bak").write_text("x", "utf-8")
    assert dict(read_rulebook(home.root).templates)["head-own.xml"] == "x"


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("fields.TOML", "fields.toml"),
        ("fields.tml", "fields.toml"),
        ("settings.txt", "settings.toml"),
        ("declaration.XSD", "declaration.xsd"),
    ],
)
def test_a_rule_file_that_is_not_read_is_refused_with_the_nearest_name(
    home: Home, name: str, like: str
) -> None:
    """Declarations would be judged by the packaged rules, and nobody would know."""
    assert_refused(home, f"rules/{name}", like)


def test_a_pipe_among_the_rules_is_told_and_not_waited_for(home: Home) -> None:
    """Opening one waits for a writer: the alarm ends a test that would."""
    os.mkfifo(home.rules / "fields.toml")
    signal.alarm(20)
    try:
        with pytest.raises(AccessError, match=r"fields\.toml"):
            read_rulebook(home.root)
    finally:
        signal.alarm(0)


@pytest.mark.parametrize("name", ["fields.toml", "settings.toml", "wmi.csv"])
@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_rule_file_is_refused(home: Home, name: str, text: str) -> None:
    """A pass came while it was saved, or the disk was full: declarations were made by the packaged rules."""
    (home.rules / name).write_text(text, "utf-8")
    with pytest.raises(RulesError, match=f"rules/{name}: the file is empty"):
        read_rulebook(home.root)


def test_all_misnamed_files_are_told_in_one_go(home: Home) -> None:
    for name in ("rules/fields.TOML", "templates/Mail.txt"):
        (home.root / name).write_text("x", "utf-8")
    with pytest.raises(RulesError) as refused:
        read_rulebook(home.root)
    assert "rules/fields.TOML" in refused.value.message
    assert "templates/Mail.txt" in refused.value.message


@pytest.mark.parametrize(
    "name",
    [
        "README",
        "readme.txt",
        "fields.toml~",
        "fields.toml.bak",
        "fields.toml.1",
        "fields.toml.2026-11-25",
        "declaration.xml.20261125_1",
        "fields.toml.sav",
        "fields.toml.swo",
        "settings.toml.backup",
        "settings.toml.ucf-dist",
        "~$fields.toml",
        "fields.toml:Zone.Identifier",
        ".fields.toml.swp",
        "fields.md",
    ],
)
def test_what_people_and_editors_leave_there_stops_nothing(home: Home, name: str) -> None:
    for folder in (home.rules, home.templates):
        (folder / name).write_text("x", "utf-8")
    assert unread(home.root) == ()
    assert read_rulebook(home.root).templates == packaged_rulebook().templates


@pytest.mark.parametrize("name", ["rules/mail.password", "templates/notes.txt", "templates/说明.txt"])
def test_a_file_like_none_of_ours_is_only_told_of(home: Home, name: str) -> None:
    (home.root / name).write_text("x", "utf-8")
    read_rulebook(home.root)
    assert unread(home.root) == (name,)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["templates/mail.txt", "rules/findings-own.toml", "rules/settings.toml"])
def test_a_text_that_is_no_utf_8_is_named_as_broken_rules(home: Home, name: str, encoding: str) -> None:
    """It was told as a folder that is out of reach, with 6, to the operator: whoever wrote it mends it."""
    (home.root / name).write_bytes("# 宝马".encode(encoding))
    with pytest.raises(RulesError, match=f"{name}: is no text in UTF-8"):
        read_rulebook(home.root)


def test_all_texts_that_are_no_utf_8_are_told_in_one_go(home: Home) -> None:
    names = ("rules/fields.toml", "rules/settings.toml")
    for name in names:
        (home.root / name).write_bytes("# 宝马".encode("gb18030"))
    with pytest.raises(RulesError) as refused:
        read_rulebook(home.root)
    assert all(name in refused.value.message for name in names)


def test_settings_that_are_no_utf_8_still_state_the_language(home: Home) -> None:
    (home.rules / "settings.toml").write_bytes('# 站点\nlanguage = "en"\n'.encode("gb18030"))
    assert stated_language(home.root) == "en"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_starter_is_every_packaged_setting_commented_out(language: str) -> None:
    """Taking the # away gives exactly the packaged file, but for the language of a home that has another."""
    text = starter(language)
    assert tomli.loads(text) == ({} if language == "zh" else {"language": "en"})
    bare = "\n".join(x[1:] if x.startswith("#") and not x.startswith("# ") else x for x in text.splitlines())
    packaged = (packaged_folder("rules") / "settings.toml").read_text(encoding="utf-8")
    assert tomli.loads(bare) == {**tomli.loads(packaged), "language": language}


def test_the_starter_speaks_the_readers_language() -> None:
    """Its keys are English in both: errors and documents name them so."""
    chinese, english = (starter(language).splitlines() for language in ("zh", "en"))
    assert any("站点代码" in line for line in chinese)
    assert not any("names the batches" in line for line in chinese)
    assert any("names the batches" in line for line in english)
    assert not any("站点代码" in line for line in english)
    assert '#site = "TRIAL"' in chinese
    assert '#site = "TRIAL"' in english


def test_the_guide_opens_in_every_notepad(home: Home) -> None:
    raw = (home.inbox / "使用说明.txt").read_bytes()
    assert raw == b"\xef\xbb\xbfguide\r\n"


def test_the_guide_has_ten_numbered_lines() -> None:
    lines = [x for x in guides.guide_text().splitlines()[1:] if x]
    assert [x.split(".")[0] for x in lines] == [str(n) for n in range(1, 11)]


def test_init_where_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").write_bytes(b"")
    with pytest.raises(AccessError):
        init(tmp_path / "home", b"form", "guide")


def test_a_home_is_named_or_the_current_folder(home: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environ = {"VINBATCH_HOME": str(home.root)}
    assert find_home(str(home.root), {}, elsewhere) == home.root
    assert find_home("home", {}, tmp_path) == home.root
    assert find_home(None, environ, elsewhere) == home.root
    assert find_home(None, {}, home.root) == home.root
    with pytest.raises(AccessError, match="elsewhere is no home"):
        find_home(str(elsewhere), environ, home.root)


def test_a_folder_that_is_no_home_is_told_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(AccessError) as e:
        find_home(None, {}, tmp_path)
    assert e.value.exit_code == 6
    assert "vinbatch init DIR" in e.value.cure
    with pytest.raises(AccessError) as e:
        find_home("x", {}, tmp_path)
    assert f"vinbatch init {tmp_path / 'x'}" in e.value.cure


def test_a_healthy_home_passes(home: Home) -> None:
    home.check_inbox()
    home.check_reports()
    home.check_outbox()


def test_a_dead_share_looks_like_an_empty_folder(home: Home) -> None:
    """It is found, so that status works; a pass over it is stopped."""
    home.sentinel.unlink()
    assert find_home(str(home.root), {}, home.root) == home.root
    with pytest.raises(AccessError) as e:
        home.check_inbox()
    assert "mount the share" in e.value.cure
    assert f"vinbatch init {home.root}" in e.value.cure


@pytest.mark.parametrize(("name", "error"), [("reports", AccessError), ("outbox", PublishError)])
def test_a_folder_that_is_gone_is_told_by_what_it_stops(home: Home, name: str, error: type) -> None:
    (home.root / name).rmdir() if name == "outbox" else (home.root / name).rename(home.root / "away")
    (home.root / name).write_bytes(b"")
    with pytest.raises(error, match=name):
        home.check_reports() if name == "reports" else home.check_outbox()


def test_staging_is_beside_the_outbox_or_where_the_setting_says(tmp_path: Path) -> None:
    assert Home(tmp_path).staging == tmp_path / "outbox" / ".staging"
    assert Home(tmp_path, Settings(staging="stage")).staging == tmp_path / "stage"
    assert Home(tmp_path, Settings(staging="/elsewhere")).staging == Path("/elsewhere")


@pytest.mark.parametrize("staging", ["outbox", "/proc/self"])
def test_a_staging_folder_that_no_rename_can_leave_is_refused(home: Home, staging: str) -> None:
    with pytest.raises(RulesError, match="staging"):
        Home(home.root, Settings(staging=staging)).check_outbox()


def test_a_home_without_its_own_folder_is_told_of_with_the_cure(home: Home) -> None:
    """Its disk is not mounted: `status` said that all was well."""
    shutil.rmtree(home.own)
    with pytest.raises(AccessError, match=rf"give vinbatch init {home.root}, then restore"):
        home.check_own()


@pytest.mark.parametrize(
    ("name", "production", "lost"),
    [
        ("BJ01-20260302-0007_三月.xlsx", True, True),
        ("BJ01-20260302-0007_三月.xlsx", False, False),
        ("SH01-20260302-0007_三月.xlsx", True, False),
        ("VIN申报模板.xlsx", True, False),
    ],
)
def test_results_of_our_site_without_ledger_and_archive_tell_that_there_was_one(
    name: str, production: bool, lost: bool, home: Home
) -> None:
    """An empty folder in the place of `.vinbatch`: its batch numbers would begin again."""
    (home.reports / name).touch()
    settings = Settings(site="BJ01", production=production, declarant_code="1", declarant_name="北京")
    asked = Home(home.root, settings)
    told = (
        pytest.raises(AccessError, match="results of this site, such as BJ01-20260302-0007")
        if lost
        else nullcontext()
    )
    with told:
        asked.check_ledger_kept()


def test_a_home_where_nothing_was_worked_yet_has_no_ledger_to_tell_of(home: Home) -> None:
    with pytest.raises(AccessError) as e:
        home.check_ledger()
    assert e.value.key == "ledger.none"
    home.ledger.write_bytes(b"x")
    home.check_ledger()


@pytest.mark.parametrize("cut", [False, True])
def test_a_ledger_that_is_missing_or_cut_to_nothing_beside_an_archive_is_told(
    home: Home, *, cut: bool
) -> None:
    (home.archive / "ab").mkdir(parents=True)
    if cut:
        home.ledger.touch()
    with pytest.raises(AccessError) as e:
        home.check_ledger_kept()
    assert e.value.key == "ledger.gone"


def test_kept_rules_alone_tell_of_no_ledger(home: Home) -> None:
    """They are kept before anything is worked."""
    (home.archive / "rules").mkdir(parents=True)
    home.check_ledger_kept()
