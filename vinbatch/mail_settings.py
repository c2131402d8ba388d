"""The table [mail] of the settings: how mail is sent, and who gets what."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from itertools import chain

from vinbatch.layers import Table
from vinbatch.noun import Noun, field, names
from vinbatch.slips import hint
from vinbatch.wording import LANGUAGES

SECURITIES = ("starttls", "tls", "plain")
MODES = ("each", "digest", "failures")
# What a mail is about: a batch, a file that was refused, answers of customs, acts by another department, and
# what an operator must see to.
ANSWERS, REFUSALS, RECEIPTS, OTHERS, TROUBLE = "answers", "refusals", "receipts", "others", "trouble"
KINDS = (ANSWERS, REFUSALS, RECEIPTS, OTHERS, TROUBLE)

# ASCII: few mail servers take other letters in an address. No quotes, commas and the like, which in RFC 5322
# stand around an address: a,b@example.cn went to whoever is called a on that server.
_ADDRESS = re.compile(r"[!#-'*+./0-9=?A-Z^-~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PORTS = {"starttls": 587, "tls": 465, "plain": 25}


class Mail(Noun, frozen=True):
    """How results are mailed; without a host nothing is.

    `departments` maps folders of the inbox to the addresses that get their mail instead of `to`, `kinds` what
    a mail is about to addresses that get it whatever the department, `only` an address to the kinds that it
    gets, `languages` an address to its language.
    """

    host: str = ""
    port: int = 0  # 0: that of the security
    security: str = "starttls"
    ca_file: str = ""  # relative to the home; "": the machine's own authorities
    user: str = ""
    password_file: str = ""  # relative to the home; its first line
    sender: str = ""
    to: tuple[str, ...] = ()
    mode: str = "each"
    burst: int = 10
    attach_megabytes: int = 5
    departments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)

    @property
    def at_port(self) -> int:
        """The port that is meant."""
        return self.port or _PORTS[self.security]

    @property
    def readers(self) -> frozenset[str]:
        """Everybody whom a mail may go to."""
        return frozenset([*self.to, *chain(*self.departments.values()), *chain(*self.kinds.values())])


def compile_mail(table: Table, above: Collection[str]) -> Mail:
    """The checked table. RulesError names file, key and cure.

    `above` are the settings that stand above all tables: who adds one at the end of the file has it in here.
    """
    table.only(names(Mail), above)
    kinds, only, languages = table.below("kinds"), table.below("only"), table.below("languages")
    kinds.only(KINDS, above)
    usual = Mail()
    mail = Mail(
        host=table.text("host"),
        port=table.within("port", usual.port, 0, 65535),
        security=table.one_of("security", SECURITIES, usual.security),
        ca_file=table.text("ca_file"),
        user=table.text("user"),
        password_file=table.text("password_file"),
        sender=table.text("sender"),
        to=_addresses(table, "to"),
        mode=table.one_of("mode", MODES, usual.mode),
        burst=table.within("burst", usual.burst, 1, 100),
        attach_megabytes=table.within("attach_megabytes", usual.attach_megabytes, 0, 50),
        departments=_lists(table.below("departments")),
        kinds={key: _addresses(kinds, key) for key in kinds.values if key in KINDS},
        only={_address(only, key, key): _some_kinds(only, key) for key in only.values},
        languages={
            _address(languages, key, key): languages.one_of(key, LANGUAGES) for key in languages.values
        },
    )
    _check(table, mail)
    return mail


def _check(table: Table, mail: Mail) -> None:
    if not mail.host:
        return
    if mail.sender:
        _address(table, "sender", mail.sender)
    elif not table.values.get("sender"):  # else it was told as no text
        table.fault("sender", "rule.no_sender")
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", mail.host):
        table.fault("host", "rule.host", value=repr(mail.host))
    elif mail.security == "plain" and not _is_loopback(mail.host):
        table.fault("security", "rule.plain", host=mail.host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _lists(table: Table) -> dict[str, tuple[str, ...]]:
    return {key: _addresses(table, key) for key in table.values}


def _addresses(table: Table, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_address(table, key, text) for text in table.texts(key)))


def _address(table: Table, key: str, text: str) -> str:
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        table.fault(key, "rule.address", value=repr(text))
    return text


def _some_kinds(table: Table, key: str) -> tuple[str, ...]:
    kinds = table.texts(key)
    for kind in kinds:
        if kind not in KINDS:
            table.fault(key, "rule.unknown_value", value=repr(kind), hint=hint(kind, KINDS))
    return kinds
