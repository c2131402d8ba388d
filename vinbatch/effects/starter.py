"""The settings file of a new home: every setting that there is, with its default, none of them stated."""

from __future__ import annotations

from vinbatch.settings import Settings
from vinbatch.wording import packaged_folder

_STARTER_HEAD = """\
# This home's own settings. Take the # away before a line to change it; a line below a [table] needs
# that line too. What is not given here keeps its default, also after an upgrade.
#zh 本目录自己的设置。要改哪一项，就去掉那一行最前面的 #；位于 [表名] 之下的项，[表名] 一行也要去掉 #。
#zh 文字要放在英文双引号 "" 里。没有写在这里的项一律用默认值，升级之后也是如此。

"""


def starter(language: str) -> str:
    """The packaged settings with every line commented out: `#key = value`, while prose has `# `.

    Keys are English, for errors and documents name them so; what is said of them is in the reader's language.
    A home in another language than the usual one says so itself.
    """
    packaged = (packaged_folder("rules") / "settings.toml").read_text(encoding="utf-8")
    said = [told for line in (_STARTER_HEAD + packaged).splitlines() for told in _said_in(language, line)]
    lines = [f"#{line}" if line and not line.startswith("#") else line for line in said]
    text = "\n".join(lines) + "\n"
    usual = Settings().language
    if language == usual:
        return text
    return text.replace(f'#language = "{usual}"', f'language = "{language}"')


def _said_in(language: str, line: str) -> list[str]:
    """A packaged line for one reader: `#zh ` begins what is said in Chinese, `# ` in English."""
    if line.startswith("#zh "):
        return [f"# {line.removeprefix('#zh ')}"] if language == "zh" else []
    return [] if language == "zh" and line.startswith("# ") else [line]
