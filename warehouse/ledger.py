"""The grade ledger: the scores and grades of every published run, in files that are never rewritten and never pruned.

One line a run in `<home>/ledger/runs.jsonl`, each holding the digest of the line before, and the grades in Parquet
beside it. By number of the entity only: names and codes, decisions of people and reasons stand elsewhere.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.home import Home
from warehouse.serving import NotPublishedError, ServingReader

_RUNS = "runs.jsonl"
_FIRST = "0" * 64


class LedgerError(ValueError):
    """What is asked for is not in the ledger, or the ledger is not as it was written."""


@dataclass(frozen=True)
class Run:
    """One published run: what made its grades, where they lie, and the digest of the line before.

    `renewed` maps a file to its digest after an erasure, the one thing that may change a file of the ledger.
    """

    run_id: str
    as_of: str
    known_by: str
    policy_version: str
    code_version: str
    input_digest: str
    file: str
    sha256: str
    rows: int
    written_at: str
    previous: str
    renewed: dict[str, str] = field(default_factory=dict)


def keep(home: Home) -> Run | None:
    """Enter the published run, inside `Home.writing()`; None when it stands there already or nothing is published.

    A run that gives the grades of an earlier one of the same day gets a line of its own and shares its file.
    """
    reader = ServingReader(home.root)
    try:
        info = reader.query("select * from run.info").row(0, named=True)
        done = runs(home)
        if any(run.run_id == info["run_id"] for run in done):
            return None
        frame = graded(reader)
    except NotPublishedError:
        return None
    finally:
        reader.close()
    home.ledger.mkdir(exist_ok=True, mode=0o700)
    same_day = [run for run in done if run.as_of == str(info["as_of"])]
    if same_day and read(home, same_day[-1]).equals(frame):
        file = same_day[-1].file
    else:
        file = f"grades-{info['as_of']}-{info['run_id']}.parquet"
        store(home.ledger / file, frame)
    told = {name: str(info[name]) for name in ("run_id", "as_of", "known_by", "policy_version")}
    told |= {name: str(info[name]) for name in ("code_version", "input_digest")}
    return append(home, told | {"file": file, "sha256": digest(home.ledger / file), "rows": frame.height})


def graded(reader: ServingReader) -> pl.DataFrame:
    """Return the scores and grades of the published snapshot by entity: what the ledger keeps."""
    found = reader.query("select * from grade.grade order by entity_id")
    return found.select("entity_id", *(name for name in found.columns if name.endswith(("_score", "_grade"))))


def runs(home: Home) -> list[Run]:
    """Return the published runs in the order they were published (the entries of erasures are among none of them)."""
    return [run for run in entries(home) if run.run_id]


def entries(home: Home) -> list[Run]:
    """Return every line of the ledger, erasures included."""
    path = home.ledger / _RUNS
    return [Run(**json.loads(line)) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def of_day(home: Home, day: date) -> Run:
    """Return the last run published as of `day`.

    Raises:
        LedgerError: none was; the message names the days there are.
    """
    done = runs(home)
    found = [run for run in done if run.as_of == str(day)]
    if not found:
        days = ", ".join(sorted({run.as_of for run in done})[-6:]) or "none"
        raise LedgerError(f"no run was published as of {day}; days in the ledger: {days}")
    return found[-1]


def read(home: Home, run: Run) -> pl.DataFrame:
    """Return the grades of a run by entity."""
    return pl.read_parquet(home.ledger / run.file).with_columns(pl.col("^.*_grade$").cast(pl.String))


def of_entity(home: Home, run: Run, entity_id: int) -> pl.DataFrame:
    """Return the grades of one entity in a run; no row when it was not graded."""
    one = pl.scan_parquet(home.ledger / run.file).filter(pl.col("entity_id") == entity_id)
    return one.with_columns(pl.col("^.*_grade$").cast(pl.String)).collect()


def verify(home: Home) -> None:
    """Hold every line against the one before, and every file against its line.

    Raises:
        LedgerError: a line or a file was changed or removed.
    """
    path = home.ledger / _RUNS
    previous, files = _FIRST, dict[str, str]()
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        entry = Run(**json.loads(line))
        if entry.previous != previous:
            raise LedgerError(f"{path}: the line before run {entry.run_id or entry.written_at} was changed or removed")
        previous = hashlib.sha256(line.encode()).hexdigest()
        if entry.run_id:
            files[entry.file] = entry.sha256
        files |= entry.renewed
    for name, sha256 in files.items():
        if not (home.ledger / name).exists() or digest(home.ledger / name) != sha256:
            raise LedgerError(f"{home.ledger / name} is not as it was written; restore it from a backup")


def append(home: Home, told: dict[str, Any]) -> Run:
    """Write one line and make it durable; what `told` leaves out is empty."""
    empty = dict.fromkeys(("run_id", "as_of", "known_by", "policy_version", "code_version", "input_digest"), "")
    path = home.ledger / _RUNS
    with path.open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        lines = handle.read().splitlines()
        previous = hashlib.sha256(lines[-1].encode()).hexdigest() if lines else _FIRST
        written_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        fields: dict[str, Any] = empty | {"file": "", "sha256": "", "rows": 0} | told
        entry = Run(**fields, written_at=written_at, previous=previous)
        handle.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    path.chmod(0o600)
    return entry


def store(path: Path, frame: pl.DataFrame) -> None:
    """Write a file of the ledger in one step."""
    partial = path.with_suffix(".partial")
    frame.with_columns(pl.col("^.*_grade$").cast(pl.Categorical)).write_parquet(partial, compression="zstd")
    partial.chmod(0o600)
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    partial.replace(path)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
