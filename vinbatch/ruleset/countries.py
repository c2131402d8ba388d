"""Countries: ISO 3166 codes with their Chinese and English names."""

from __future__ import annotations

from functools import lru_cache

from vinbatch.errors import RulesError
from vinbatch.noun import Noun, field
from vinbatch.ruleset.words import fold

_FILE = "rules/countries.csv"
_COLUMNS = "alpha2,alpha3,zh,en,aliases"


class Country(Noun, frozen=True):
    """One row of `countries.csv`."""

    alpha2: str
    alpha3: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


class Countries(Noun, frozen=True):
    """All countries by alpha-3, and by every folded name and code."""

    by_code: dict[str, Country] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=dict)

    def known(self, code: str) -> bool:
        """Whether this is an alpha-3 code."""
        return code in self.by_code

    def find(self, text: str) -> str | None:
        """The alpha-3 code for a Chinese or English name, a code, or the shown form `DEU 德国`."""
        code = self.by_name.get(fold(text))
        if code is None:
            head, _, rest = text.strip().partition(" ")
            code = self.by_name.get(fold(rest))
            return code if code and code == head.upper() else None
        return code

    def shown(self, code: str) -> str:
        """`DEU 德国`; a code that is not known is shown as it is."""
        country = self.by_code.get(code)
        return f"{code} {country.zh}" if country else code


@lru_cache(maxsize=4)
def parse_countries(text: str) -> Countries:
    """From the text of `countries.csv`: no quotes, no commas in names, aliases separated by |."""
    countries = Countries()
    head, *lines = text.splitlines() or [""]
    if head != _COLUMNS:
        raise RulesError("rule.columns", at=_FILE, columns=_COLUMNS)
    for number, line in enumerate(lines, start=2):
        cells = line.split(",")
        if len(cells) != 5:
            raise RulesError("rule.cells", at=_FILE, line=str(number), n=str(len(cells)))
        names = tuple(a for a in cells[4].split("|") if a)
        country = Country(cells[0], cells[1], cells[2], cells[3], names)
        countries.by_code[country.alpha3] = country
        for name in (*cells[:4], *names):
            other = countries.by_name.setdefault(fold(name), country.alpha3)
            if other != country.alpha3:
                raise RulesError("rule.name_taken", at=_FILE, line=str(number), name=name, other=other)
    return countries
