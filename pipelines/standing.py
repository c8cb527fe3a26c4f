"""Whether the published run stands: a refresh of the same deliveries, decisions, rules, code and day only repeats it.

Then it is left alone, or published anew from the tables that stand. What a refresh does otherwise: run.
Imports no Dagster, so that finding nothing to do costs next to nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines import logs
from warehouse import ledger, monitoring, monthly, retention, room, status
from warehouse.build import code_version
from warehouse.deliveries import Archive
from warehouse.feed import Feed, FeedError, load_feed
from warehouse.home import Home
from warehouse.pull import pull
from warehouse.stamps import digest, stamp_in
from warehouse.state import State

FEEDS = Path(__file__).parent / "feeds"
# Below a day: a daily refresh publishes even if nothing came, so that the age of a snapshot tells whether they run.
_STANDS_FOR = timedelta(hours=20)
# The stamp that says what all tables of a warehouse were made from; gone while a run may change some of them.
WHOLE = "run.whole"


@dataclass(frozen=True)
class Standing:
    """The published run that a refresh would only repeat, and a hash over all that it was made from.

    `is_left` says that it need not even be published anew.
    """

    run_id: str
    made_from: str
    is_left: bool


def receive(archive: Archive, feeds: Sequence[Feed], data: Path) -> None:
    """Archive what sources delivered since the last time, inside `Home.writing()`.

    Raises:
        FeedError: there is no such folder, nothing in it, or a database cannot be read.
    """
    for feed in feeds:
        archive.receive(feed, data)
        pull(archive, feed)


def made_from(archive: Archive, feeds: Sequence[Feed], state: State, as_of: str, policy: str) -> str:
    """Return a hash over all that decides what a run publishes; `as_of` is the day asked for, "" the last delivered."""
    files = sorted(path for path in Path(policy).rglob("*") if path.is_file()) if policy else []
    told = [(feed.feed, d.name, d.sha256, d.occurrence) for feed in feeds for d in archive.listed(feed.feed)]
    rules = [(path.name, path.read_bytes()) for path in files]
    return digest(code_version(), version("duckdb"), as_of, told, state.digest(), rules)


@logs.errors_told()
def standing_run(
    home: Home, feeds: Sequence[str], data: Path | None, as_of: str, policy: Path | None, again: bool = False
) -> Standing | None:
    """Receive what was delivered, and return the published run if a refresh would only repeat it.

    Left alone, unless `again` or a day has passed, its grades are in the ledger, and what is not kept is removed, as at
    the end of a refresh.

    Raises:
        HomeBusyError: another refresh holds the home.
        NoRoomError: the disk is too full to receive anything.
    """
    with home.writing():
        found = status.published(home)
        if found is None or not _is_whole(home, found):
            return None
        packs = [load_feed(FEEDS / name) for name in feeds]
        archive = Archive(home.deliveries)
        room.require(home, data or home.landing)
        try:
            receive(archive, packs, data or home.landing)
        except FeedError:
            return None  # the refresh says why
        if found["made_from"] != made_from(archive, packs, State(home.state), as_of, str(policy or "")):
            return None
        stands = Standing(str(found["run_id"]), found["made_from"], not again and _is_fresh(found))
        if stands.is_left:
            tidy(home, packs, stands.run_id)
            logs.tell("unchanged", run_id=stands.run_id, as_of=found["as_of"])
        return stands


def has_tables(home: Home, stands: Standing) -> bool:
    """Whether every table of the warehouse is that of the standing run, inside `Home.writing()`.

    They are not when a refresh of something else came in between and failed.
    """
    return stamp_in(home.warehouse, WHOLE) == stands.made_from


def tidy(home: Home, feeds: Sequence[Feed], run_id: str) -> None:
    """Enter the grades in the ledger, archive and judge the month if it is new, remove what is not kept."""
    ledger.keep(home)
    if kept := monthly.keep(home):
        logs.tell("archived", run_id=run_id, file=str(kept.relative_to(home.root)))
    judged = {path.stem for path in monitoring.keep(home)}
    for told in monitoring.kept(home):
        if told["month"] in judged:
            found = monitoring.complaints(told)
            level = logging.WARNING if found else logging.INFO
            logs.tell("monitored", level=level, run_id=run_id, month=told["month"], warnings=found)
    now = datetime.now(UTC).replace(tzinfo=None)
    if gone := retention.prune(home, feeds, retention.Keeping.configured(), now):
        logs.tell("pruned", run_id=run_id, files=gone)


def _is_fresh(found: dict[str, Any]) -> bool:
    age = datetime.now(UTC).replace(tzinfo=None) - datetime.fromisoformat(found["built_at"])
    return timedelta() <= age < _STANDS_FOR


def _is_whole(home: Home, found: dict[str, Any]) -> bool:
    """Whether the run left all it should: snapshot, warehouse, no unreadable delivery, and what it was made from."""
    snapshot = home.serving / f"serving-{found['run_id']}.duckdb"
    is_there = snapshot.exists() and home.warehouse.exists()
    return is_there and "made_from" in found and not any(load["load_error"] for load in found["loads"])
