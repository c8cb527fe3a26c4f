"""How long things are kept, and removing what nobody needs any more: the settings and `mingcha prune`.

Snapshots are kept by serving, months by monthly, grades of every run by ledger, log files by pipelines/logs; decisions
and grades are never removed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.access.terms import SignInTerms
from warehouse.audit import Audit
from warehouse.deliveries import Archive, Delivery
from warehouse.drawing import DEMONSTRATION
from warehouse.feed import Feed
from warehouse.home import Home


@dataclass(frozen=True)
class Keeping:
    """How long and how much; every number is a setting of the environment (deploy/mingcha.env).

    `raw_years` None keeps all deliveries; `log_bytes` is the size of one log file, `log_files` how many there are.
    """

    raw_years: int | None = None
    log_bytes: int = 10 * 2**20
    log_files: int = 10

    @classmethod
    def configured(cls, environment: Mapping[str, str] = os.environ) -> Keeping:
        """Read MINGCHA_KEEP_RAW_YEARS, MINGCHA_LOG_BYTES and MINGCHA_LOG_FILES; what is unset or empty is as above.

        Raises:
            ValueError: a value is no whole number above zero.
        """
        found: dict[str, int] = {}
        settings = {"raw_years": "KEEP_RAW_YEARS", "log_bytes": "LOG_BYTES", "log_files": "LOG_FILES"}
        for name, setting in settings.items():
            if told := environment.get(f"MINGCHA_{setting}", "").strip():
                if not (told.isascii() and told.isdigit() and int(told)):
                    raise ValueError(f"MINGCHA_{setting}={told!r} is no whole number above zero")
                found[name] = int(told)
        return cls(**found)


def prune(home: Home, feeds: Sequence[Feed], keeping: Keeping, today: datetime) -> list[str]:
    """Remove what is not kept, inside `Home.writing()`, and return its names below the home; `today` is in UTC.

    Status files and demonstration draws whose snapshot is gone; deliveries of `feeds` received more than `raw_years`
    years ago, where that is set: the next refresh builds the tables without them. A draw with revealed values is a
    public act and stays.
    """
    runs = {p.name.removeprefix("serving-").removesuffix(".duckdb") for p in home.serving.glob("serving-*.duckdb")}
    gone = [p for p in home.serving.glob("status-*.json") if p.stem.removeprefix("status-") not in runs]
    for path in gone:
        path.unlink()
    for bundle in [p for p in home.draws.iterdir() if p.is_dir()]:
        if not bundle.name.endswith(tuple(runs)) and not is_public(bundle):
            shutil.rmtree(bundle)
            gone.append(bundle)
    if keeping.raw_years is not None:
        before = today.replace(year=today.year - keeping.raw_years, day=min(today.day, 28))
        archive = Archive(home.deliveries)
        for feed in feeds:
            gone += archive.forget(feed.feed, _old(archive, feed, before.isoformat(timespec="seconds")))
    return sorted([*(str(path.relative_to(home.root)) for path in gone), *_forgotten(home, today)])


def _forgotten(home: Home, today: datetime) -> list[str]:
    """Remove audit entries older than policy access.audit asks for; months of 31 days, so never too early."""
    if not home.audit.exists():
        return []
    before = (today - timedelta(days=31 * SignInTerms.today().audit_months)).replace(tzinfo=UTC)
    count = Audit(home.audit).forget(before)
    return [f"{home.audit.name}: {count} entries"] if count else []


def is_public(bundle: Path) -> bool:
    """Whether somebody revealed a value for the draw; a bundle without its plan was never finished."""
    try:
        revealed = json.loads((bundle / "plan.json").read_text(encoding="utf-8"))["revealed"]
    except FileNotFoundError:
        return False
    return bool(revealed != [DEMONSTRATION])


def _old(archive: Archive, feed: Feed, before: str) -> list[Delivery]:
    """Return what was received before an instant; the newest of a source stays (a register delivered once, a pull)."""
    newest = {own[-1] for source in feed.sources.values() if (own := archive.of_source(feed, source))}
    return [d for d in archive.listed(feed.feed) if d.received_at < before and d not in newest]
