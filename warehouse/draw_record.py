"""What has been done of a draw so far, for those who look on: rounds, who sealed and who revealed, the bundle.

Read-only: the steps are taken in ceremony.py, and what is in a bundle stands in models/sampling.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from models.sampling import verify
from models.sampling.editions import MANIFEST
from warehouse.ceremony import ANNOUNCE, COMMIT, DRAW, REFUSE, REVEAL, folder_of
from warehouse.home import Home
from warehouse.plan_freeze import KIND as FREEZE
from warehouse.state import Event, State

_TABLES = ("drawn.csv", "reserves.csv", "visits.csv", "teams.csv")


@dataclass(frozen=True)
class Party:
    """One party of a round: its sealed value, and what it revealed; instants are UTC."""

    party: str
    commitment: str
    committed_at: datetime
    revealed_at: datetime | None
    value: str | None
    has_refused: bool


@dataclass(frozen=True)
class Round:
    """One round: before its announcement only the parties are known. `told` is the announcement as published."""

    number: int
    parties: tuple[Party, ...]
    announced_at: datetime | None
    digest: str
    told: dict[str, Any]

    @property
    def is_void(self) -> bool:
        """Whether a party refused, so that another round is needed."""
        return any(party.has_refused for party in self.parties)

    @property
    def missing(self) -> list[str]:
        """Parties that have yet to reveal."""
        return [party.party for party in self.parties if party.revealed_at is None]


@dataclass(frozen=True)
class Bundle:
    """An auditors' edition in `<home>/draws`: its file and tables, every column as text."""

    path: Path
    tables: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class DrawRecord:
    """Everything recorded of one plan's draw. `manifests` are the digests of what was drawn, as recorded."""

    plan_id: str
    frozen: Event | None
    rounds: tuple[Round, ...]
    drawn: Event | None
    manifests: tuple[str, ...]


def record(home: Home, plan_id: str) -> DrawRecord:
    """Return what has been done of the draw of a plan.

    Raises:
        ValueError: an announced file was changed afterwards, or is gone.
    """
    state = State(home.state)
    steps = {kind: state.events(kind, plan_id) for kind in (FREEZE, COMMIT, ANNOUNCE, REVEAL, REFUSE, DRAW)}
    numbers = sorted({event.payload["round"] for kind in (COMMIT, ANNOUNCE) for event in steps[kind]})
    rounds = tuple(_round(home, plan_id, number, steps) for number in numbers)
    drawn = steps[DRAW]
    return DrawRecord(
        plan_id,
        next(iter(steps[FREEZE]), None),
        rounds,
        next(iter(drawn), None),
        tuple(event.payload["auditors_manifest"] for event in drawn),
    )


def is_drawn(home: Home, plan_id: str) -> bool:
    """Whether a draw of the plan is recorded; nothing else of it is read."""
    return bool(State(home.state).events(DRAW, plan_id))


def bundle(home: Home, manifests: tuple[str, ...]) -> Bundle | None:
    """Return the auditors' edition in `<home>/draws` whose manifest was recorded; None when it does not lie there."""
    for path in sorted(home.draws.glob("*.zip")):
        found = _opened(path, path.stat().st_mtime_ns)
        if found is not None and found[0] in manifests:
            return Bundle(path, found[1])
    return None


def verified(path: Path) -> tuple[bool, str]:
    """Verify a bundle as a stranger would: whether everything holds, and what the verifier says."""
    return _verified(path, path.stat().st_mtime_ns)


def _round(home: Home, plan_id: str, number: int, steps: dict[str, list[Event]]) -> Round:
    def told(kind: str) -> list[Event]:
        return [event for event in steps[kind] if event.payload["round"] == number]

    revealed = {event.payload["party"]: event for event in told(REVEAL)}
    refused = {name for event in told(REFUSE) for name in event.payload["refused"]}
    parties = tuple(
        Party(
            event.payload["party"],
            event.payload["commitment"],
            datetime.fromisoformat(event.at),
            datetime.fromisoformat(shown.at) if (shown := revealed.get(event.payload["party"])) else None,
            shown.payload["value"] if shown else None,
            event.payload["party"] in refused,
        )
        for event in told(COMMIT)
    )
    announced = next(iter(told(ANNOUNCE)), None)
    if announced is None:
        return Round(number, parties, None, "", {})
    path = folder_of(home, plan_id) / f"announcement-{number}.json"
    digest = announced.payload["announcement"]
    data = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"{path} is not what was announced: it was changed afterwards; restore it from a backup")
    return Round(number, parties, datetime.fromisoformat(announced.at), digest, json.loads(data))


@lru_cache(maxsize=16)
def _opened(path: Path, _changed: int) -> tuple[str, dict[str, pl.DataFrame]] | None:
    """The digest of the manifest of a bundle and its tables; None when it is no auditors' edition."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = archive.read(MANIFEST)
            tables = {
                name.removesuffix(".csv"): pl.read_csv(io.BytesIO(archive.read(name)), infer_schema=False)
                for name in _TABLES
            }
    except (OSError, KeyError, zipfile.BadZipFile, pl.exceptions.PolarsError):
        return None
    return hashlib.sha256(manifest).hexdigest(), tables


@lru_cache(maxsize=16)
def _verified(path: Path, _changed: int) -> tuple[bool, str]:
    try:
        return True, verify.verify(path)
    except Exception as error:  # whatever a broken bundle provokes must not pass for a proof
        return False, f"{type(error).__name__}: {error}"
