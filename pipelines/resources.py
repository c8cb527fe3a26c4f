"""What a run works with: home, engine, feeds, policy, clock. Read when the run starts, never at import.

No tables and no order here.
"""

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field

from models.policy.loader import Policy
from pipelines import logs
from pipelines.standing import FEEDS, WHOLE, made_from, receive
from warehouse import decisions, room, rules, status, upgrade, warning
from warehouse.build import code_version
from warehouse.correction import Correction, corrections
from warehouse.deliveries import Archive, Delivery
from warehouse.engine import MEMORY_LIMIT, DuckDBEngine
from warehouse.feed import Feed, load_feed
from warehouse.home import Home, HomeBusyError
from warehouse.stamps import Stamps
from warehouse.state import State
from warehouse.text import labels

_SECOND = "%Y%m%dT%H%M%S"
_RUN = re.compile(r"\d{8}T\d{6}")


@dataclass
class Run:
    """One refresh: everything its assets share. Instants are UTC; `as_of` is a day in the zone of the first feed.

    `made_from` was told before anything was read, so that what came in between makes the next refresh differ.
    """

    home: Home
    engine: DuckDBEngine
    feeds: tuple[Feed, ...]
    archive: Archive
    policy: Policy
    state: State
    run_id: str
    built_at: datetime
    requested_as_of: date | None
    made_from: str = ""

    @property
    def as_of(self) -> date:
        """The as-of day of the run, fixed when the parameters table was built."""
        found: date = self.engine.rows("select as_of from run.info")[0][0]
        return found

    @property
    def known_by(self) -> datetime:
        """The instant (UTC, exclusive) by which a row must have been known."""
        found: datetime = self.engine.rows("select known_by from run.info")[0][0]
        return found

    @property
    def feed_names(self) -> str:
        """The feed packs of the run, as `run.info` names them."""
        return ";".join(feed.feed for feed in self.feeds)

    def deliveries(self) -> list[Delivery]:
        """All archived deliveries of the run's feeds."""
        return [d for feed in self.feeds for d in self.archive.listed(feed.feed)]

    def end_of(self, day: date) -> datetime:
        """Return the instant (UTC) at which `day` ends in the zone of the first feed."""
        midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.feeds[0].zone))
        return midnight.astimezone(UTC).replace(tzinfo=None)

    @cached_property
    def corrections(self) -> list[Correction]:
        """What people corrected of quarantined rows; read once, so that the whole run sees the same."""
        return corrections(self.state)

    def info(self, as_of: date) -> dict[str, Any]:
        """Return the row of `run.info`: what makes a figure of this run reproducible."""
        return {
            "run_id": self.run_id,
            "as_of": as_of,
            "known_by": self.end_of(as_of),
            "policy_version": self.policy.version(as_of),
            "code_version": code_version(),
            "input_digest": self.input_digest(as_of),
            "built_at": self.built_at,
            "feeds": self.feed_names,
        }

    def input_digest(self, as_of: date) -> str:
        """Return a hash over every delivery, correction and decision the run reads: equal inputs give equal figures."""
        lines = sorted(f"{d.feed_id}/{d.name}/{d.sha256}" for d in self.deliveries())
        lines += sorted(f"{c.load_id}:{c.row_number} {sorted(c.values.items())}" for c in self.corrections)
        lines += map(str, decisions.listed(self.state, self.end_of(as_of)))
        lines += map(str, warning.events(self.state, self.end_of(as_of)))
        lines += map(str, labels.listed(self.state, self.end_of(as_of)))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


class RunResource(dg.ConfigurableResource[Run]):
    """Opens the warehouse for one run, under the one lock that the CLI, the UI and the daemon share.

    Empty settings fall back to the environment (MINGCHA_HOME, MINGCHA_FEEDS, MINGCHA_DATA), so that the UI and the
    daemon refresh the same home as the command line.

    `made_from` names what the tables were made from when they stand and are only published anew: nothing is received.

    Raises:
        HomeBusyError: another refresh holds the home, or held it since that was found.
    """

    home: str = ""
    feeds: list[str] = Field(default_factory=list)
    data: str = ""
    as_of: str = ""
    policy: str = ""
    made_from: str = ""
    memory_limit: str = MEMORY_LIMIT
    threads: int = 2

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Run]:  # noqa: ARG002
        """Hold the lock and the engine as long as the run lasts."""
        home = Home.at(self.home or os.environ.get("MINGCHA_HOME", ".mingcha"))
        names = self.feeds or [n for n in os.environ.get("MINGCHA_FEEDS", "simulated").split(",") if n]
        feeds = tuple(load_feed(FEEDS / name) for name in names)
        data = Path(self.data or os.environ.get("MINGCHA_DATA", "") or home.landing)
        with home.writing():
            for done in upgrade.prepare(home):
                logs.tell("upgraded", what=done)
            room.require(home, data)
            archive = Archive(home.deliveries)
            state = State(home.state)
            if not self.made_from:
                receive(archive, feeds, data)
            source = self.made_from or made_from(archive, feeds, state, self.as_of, self.policy)
            with DuckDBEngine(home.warehouse, home.temp, self.memory_limit, self.threads) as engine:
                whole = Stamps(engine).get(WHOLE)
                if self.made_from and (whole is None or whole.stamp != self.made_from):
                    raise HomeBusyError("another refresh changed the tables in between; try again")
                if not self.made_from:
                    Stamps(engine).forget(WHOLE)
                run = Run(
                    home,
                    engine,
                    feeds,
                    archive,
                    rules.of_run(feeds, Path(self.policy) if self.policy else None),
                    state,
                    new_run_id(home),
                    datetime.now(UTC).replace(tzinfo=None, microsecond=0),
                    date.fromisoformat(self.as_of) if self.as_of else None,
                    source,
                )
                with _logged(run):
                    yield run


@contextmanager
def _logged(run: Run) -> Iterator[None]:
    """Write start and end of a run into the log of its home, and between them what could not be read."""
    began = perf_counter()
    logs.tell("refresh_started", run_id=run.run_id, feeds=run.feed_names)
    yield
    for load in status.broken_loads(status.loads(run.engine)):
        logs.tell(
            "load_failed",
            level=logging.ERROR,
            source=f"{load['feed_id']}/{load['source_id']}",
            file=load["file_name"],
            cause=logs.without_content(load["load_error"]),
        )
    published = (status.published(run.home) or {}).get("run_id") == run.run_id
    seconds = round(perf_counter() - began, 1)
    logs.tell("refresh_ended", run_id=run.run_id, is_published=published, seconds=seconds)


def new_run_id(home: Home) -> str:
    """Return an id that sorts by time: UTC to the second, and four random hex digits.

    It sorts after every run that left a snapshot or status, so that a clock that went backwards does no harm.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    runs = [found[0] for path in home.serving.iterdir() if (found := _RUN.search(path.name))]
    if runs:
        now = max(now, datetime.strptime(max(runs), _SECOND) + timedelta(seconds=1))  # noqa: DTZ007 (UTC by contract)
    return f"{now:{_SECOND}}-{secrets.token_hex(2)}"
