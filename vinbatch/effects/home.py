"""The home: where everything lies, how it is found, and whether it is alive."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vinbatch.effects import disk, kernel
from vinbatch.effects.idle import OWN as OWN
from vinbatch.effects.names import readable
from vinbatch.effects.owner import locked, looks_only, may_work, user_name
from vinbatch.errors import AccessError, PublishError, RulesError, VinbatchError
from vinbatch.noun import Noun, field
from vinbatch.numbering import batches_named, in_order
from vinbatch.paths import is_folder, is_there
from vinbatch.settings import Settings

FORMS = {"zh": "VIN申报模板.xlsx", "en": "VIN form.xlsx"}
SENTINEL = ".vinbatch-inbox"
CLAIMS = ".claims"
RECEIPTS = "receipts"
CLAIMED = "claims"
HEARTBEAT = "heartbeat"


class Home(Noun, frozen=True):
    """A home's places. Nothing is touched until a method says so."""

    root: Path
    settings: Settings = field(default_factory=Settings)

    @property
    def inbox(self) -> Path:
        """Where workbooks are dropped; its sub-folders are departments."""
        return self.root / "inbox"

    @property
    def sentinel(self) -> Path:
        """The file that a share which is gone does not have."""
        return self.inbox / SENTINEL

    @property
    def claims(self) -> Path:
        """Ours: the files that a pass is working on."""
        return self.inbox / CLAIMS

    @property
    def receipts(self) -> Path:
        """Where the gateway puts customs' answers."""
        return self.inbox / RECEIPTS

    @property
    def outbox(self) -> Path:
        """Where the gateway takes packages from."""
        return self.root / "outbox"

    @property
    def staging(self) -> Path:
        """Ours: packages that are not whole yet. The setting is relative to the home, or absolute."""
        return self.root / self.settings.staging if self.settings.staging else self.outbox / ".staging"

    @property
    def reports(self) -> Path:
        """Where answers lie."""
        return self.root / "reports"

    @property
    def form(self) -> str:
        """What the empty form is called there, where nobody edited it."""
        return FORMS[self.settings.language]

    @property
    def set_aside(self) -> Path:
        """Receipts that could not be applied, each with its reason."""
        return self.reports / "set-aside"

    @property
    def rules(self) -> Path:
        """The home's own rules, laid over the packaged ones."""
        return self.root / "rules"

    @property
    def templates(self) -> Path:
        """The home's own templates."""
        return self.root / "templates"

    @property
    def own(self) -> Path:
        """Ours: ledger, archive, locks. On a local disk."""
        return self.root / OWN

    @property
    def ledger(self) -> Path:
        """The database."""
        return self.own / "ledger.db"

    @property
    def ledger_gone(self) -> bool:
        """Whether it is missing, or cut to nothing, where there has been one: the archive tells."""
        there = is_there(self.ledger) and self.ledger.stat().st_size > 0
        lying = self.archive.iterdir() if not there and is_folder(self.archive) else ()
        return any(path.name != "rules" for path in lying)  # they are kept before anything is worked

    @property
    def outlived(self) -> str:
        """In production without a ledger, the last batch of our site with a result in reports/; else "".

        The disk of ours is gone with ledger and archive, or not mounted, and the shares are still there.
        """
        if is_there(self.ledger) or not self.settings.production:
            return ""
        try:
            names = [batch for found in self.reports.iterdir() for batch in batches_named(found.name)[:1]]
        except OSError:
            return ""  # told as a folder that cannot be used
        ours = (batch for batch in names if batch.startswith(f"{self.settings.site}-"))
        return max(ours, key=in_order, default="")

    @property
    def restoring(self) -> tuple[Path, ...]:
        """A backup until it takes the ledger's place, and what SQLite keeps beside it."""
        part = self.own / "ledger.db.part"
        return part, *beside(part)

    @property
    def archive(self) -> Path:
        """Everything that came in or went out, by content."""
        return self.own / "archive"

    @property
    def locks(self) -> Path:
        """The folder of the lock files."""
        return self.own / "locks"

    @property
    def lock_path(self) -> Path:
        """Held for one pass."""
        return self.locks / "run"

    @property
    def watch_lock_path(self) -> Path:
        """Held as long as a watch lives."""
        return self.locks / "watch"

    @property
    def mail_lock_path(self) -> Path:
        """Held while mail goes out: after the pass, and by one at a time."""
        return self.locks / "mail"

    @property
    def hear_again(self) -> Path:
        """There after a restore, until the next pass has heard the archived answers of customs."""
        return self.own / "hear-again"

    @property
    def outage(self) -> Path:
        """There while the outbox takes nothing, and the operator has been told so."""
        return self.own / "outage"

    @property
    def failed(self) -> Path:
        """There while passes fail: why."""
        return self.own / "failed"

    @property
    def heartbeat(self) -> Path:
        """What a watch last did, and when."""
        return self.own / HEARTBEAT

    @property
    def worker(self) -> int:
        """The user that works here, by its number: whom our own folder belongs to."""
        with disk.reaching(self.own):
            return self.own.stat().st_uid if is_folder(self.own) else os.geteuid()

    def check_own(self) -> None:
        """AccessError where it is gone, or for who has no right to look into it: he can be told nothing."""
        if not is_folder(self.own):
            place, init = readable(self.own), init_command(self.root)
            raise AccessError("own.missing", place=place, init=init)
        if not os.access(self.own, os.X_OK):
            raise AccessError(
                "home.closed", place=readable(self.own), owner=user_name(self.own.stat().st_uid)
            )

    def check_inbox(self) -> None:
        """AccessError where the inbox is not there, or is only the empty folder under a dead share."""
        with disk.reaching(self.inbox):
            alive = is_there(self.sentinel)
        if not alive:
            raise AccessError("home.sentinel", place=readable(self.sentinel), init=init_command(self.root))
        _check_folder(self.inbox, AccessError, self)

    def check_receipts(self) -> None:
        """AccessError where the gateway can put no answers of customs."""
        _check_folder(self.receipts, AccessError, self)

    def check_ledger(self) -> None:
        """AccessError where it is gone, or where nothing was worked yet that it could tell of."""
        self.check_ledger_kept()
        if not is_there(self.ledger):
            raise AccessError("ledger.none", at=readable(self.ledger))

    def check_ledger_kept(self) -> None:
        """AccessError where there has been a ledger and is none: a new one would give its numbers again."""
        place = readable(self.ledger)
        if self.ledger_gone:
            raise AccessError("ledger.gone", place=place)
        if batch := self.outlived:
            raise AccessError("ledger.lost", place=place, batch=batch, reports=readable(self.reports))

    def check_reports(self) -> None:
        """AccessError where results cannot be put there, or set-aside receipts would go elsewhere."""
        _check_folder(self.reports, AccessError, self)
        with disk.reaching(self.set_aside):
            disk.refuse_link(self.set_aside)

    def check_outbox(self) -> None:
        """PublishError where packages cannot be put there; RulesError where `staging` cannot serve."""
        _check_folder(self.outbox, PublishError, self)
        with disk.reaching(self.staging, PublishError):
            if self.settings.staging and not looks_only(self.worker):
                self.staging.mkdir(parents=True, exist_ok=True)
            if not is_folder(self.staging):
                return  # made when the first package is due
        if self.settings.staging:
            self._check_staging()
        _check_folder(self.staging, PublishError, self)

    def _check_staging(self) -> None:
        with disk.reaching(self.staging, PublishError):
            far = kernel.mount_point(self.staging) != kernel.mount_point(self.outbox)
            staging, outbox = self.staging.stat(), self.outbox.stat()
        if far or staging.st_dev != outbox.st_dev or staging.st_ino == outbox.st_ino:
            raise RulesError("home.staging", at="rules/settings.toml", value=repr(self.settings.staging))


def _check_folder(path: Path, error: type[VinbatchError], home: Home) -> None:
    place = readable(path)
    with disk.reaching(path, error):
        there = is_folder(path)
    if not there:
        raise error("folder.missing", place=place, init=init_command(home.root))
    # Asked, not tried: a trial file in every pass would wake whoever watches the share.
    if not may_work(path, home.worker, moving=True):
        raise locked(path, place, error)


def beside(path: Path) -> tuple[Path, Path, Path]:
    """What SQLite keeps beside a database that is open, or was when its writer died.

    A `-journal` too, of the moment in which a backup gets its `-wal`: found beside another one, it would be
    taken for that one's own, and its pages be put into it.
    """
    wal, shm, journal = (path.with_name(f"{path.name}-{kind}") for kind in ("wal", "shm", "journal"))
    return wal, shm, journal


def init_command(root: Path) -> str:
    """What takes a home as it is."""
    return f"vinbatch init {readable(root)}"


def find_home(option: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The home: --home, else VINBATCH_HOME, else the current folder. AccessError with the cure.

    A folder is a home by the sentinel in its inbox, or by its .vinbatch: where the inbox's share is gone
    `status` and `query` still work, and `Home.check_inbox` stops a pass.
    """
    named = option or environ.get("VINBATCH_HOME") or ""
    root = (cwd / Path(named).expanduser()) if named else cwd
    with disk.reaching(root):
        # In this order: an inbox that nobody may enter is told of as that.
        if is_folder(root / OWN) or is_there(root / "inbox" / SENTINEL):
            return root
    raise AccessError(
        "home.none",
        place=readable(root),
        init=init_command(root) if named else "vinbatch init DIR",
    )
