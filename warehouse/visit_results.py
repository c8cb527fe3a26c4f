"""Results of visits handed back as CSV or JSON: good rows are accepted, all others quarantined with the reason.

delivered = accepted + quarantined + repeated, always. What a result is stands in models/sampling/visit_document.py.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from models.sampling.frozen import FrozenPlan
from models.sampling.visit_document import VisitResult
from warehouse.deliveries import Archive
from warehouse.feed import Feed
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home
from warehouse.visit_register import Visit, VisitError, issued, plan_folder

Key = tuple[str, str, bool]
_ACCEPTED, _QUARANTINED, _RECEIVED = "accepted.jsonl", "quarantined.jsonl", "received"


@dataclass(frozen=True)
class Intake:
    """What became of the rows of a file; `reasons` counts quarantined rows by reason."""

    delivered: int
    accepted: int
    repeated: int
    reasons: dict[str, int]

    @property
    def quarantined(self) -> int:
        """Rows that cannot be used."""
        return sum(self.reasons.values())


class _RefusedError(ValueError):
    """Why a row cannot be used; `reason` is its code."""

    def __init__(self, reason: str, told: str) -> None:
        super().__init__(told)
        self.reason = reason


def receive(home: Home, file: Path, today: date, feed: Feed) -> Intake:
    """Take in a file of results (.csv with a header, .json with a list, .jsonl), and return what became of its rows.

    What is accepted is archived as a delivery of `feed`, so that the next refresh with that feed knows of it.

    Raises:
        VisitError: the file as a whole cannot be read; nothing was taken in.
        HomeBusyError: a refresh of this home is running; hand the file in again when it is done.
    """
    with home.writing():
        return _receive(home, file, today, feed)


def _receive(home: Home, file: Path, today: date, feed: Feed) -> Intake:
    content = file.read_bytes()
    rows = _rows(file, content)
    home.results.mkdir(exist_ok=True, mode=0o700)
    digest = hashlib.sha256(content).hexdigest()
    _keep(home.results / _RECEIVED / f"{digest[:16]}{file.suffix}", content)
    known = {result.key: result for result in accepted(home)}
    judge = _Judge(home, today)
    good: list[str] = []
    bad: list[str] = []
    fresh: list[VisitResult] = []
    repeated, reasons = 0, dict[str, int]()
    at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    lineage = {"file": file.name, "sha256": digest, "received_at": at}
    for number, row in enumerate(rows, start=1):
        try:
            result = judge.judged(row, known)
        except _RefusedError as refusal:
            reasons[refusal.reason] = reasons.get(refusal.reason, 0) + 1
            told = {"reason": refusal.reason, "told": str(refusal), "row_number": number, "original": row}
            bad.append(json.dumps(lineage | told, ensure_ascii=False))
            continue
        if result.key in known:
            repeated += 1
            continue
        known[result.key] = result
        fresh.append(result)
        good.append(json.dumps(lineage | {"row_number": number, "result": result.model_dump(mode="json")}))
    _append(home.results / _QUARANTINED, bad)
    if good:
        # Before they count as accepted: after a crash in between they come again and are recognised as repeats.
        _deliver(home, feed, f"inspection/{digest[:16]}.jsonl", [judge.inspection(r, at) for r in fresh])
    _append(home.results / _ACCEPTED, good)
    return Intake(len(rows), len(good), repeated, dict(sorted(reasons.items())))


def accepted(home: Home) -> list[VisitResult]:
    """Return every accepted result, in the order taken in."""
    return [VisitResult.model_validate(entry["result"]) for entry in _entries(home.results / _ACCEPTED)]


def quarantined(home: Home) -> list[dict[str, Any]]:
    """Return every row that could not be used: file, row, reason and the row as it was handed in."""
    return _entries(home.results / _QUARANTINED)


class _Judge:
    """Holds a row against the document, the plan, the visit and its team; remembers the plans it read."""

    def __init__(self, home: Home, today: date) -> None:
        self._home, self._today = home, today
        self._plans: dict[str, tuple[FrozenPlan, dict[str, Visit]]] = {}

    def judged(self, row: Mapping[str, Any], known: Mapping[Key, VisitResult]) -> VisitResult:
        try:
            result = VisitResult.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            reason = {"missing": "missing", "literal_error": "not_allowed", "extra_forbidden": "not_allowed"}.get(
                first["type"], "contradictory" if not key else "unreadable"
            )
            raise _RefusedError(reason, f"{key}: {first['msg']}" if key else first["msg"]) from error
        plan_id, _, code = result.visit_id.partition(":")
        plan, visits = self._plan(plan_id)
        visit = visits.get(code)
        if visit is None:
            raise _RefusedError("unknown_visit", f"{result.visit_id} is no visit of the plan")
        if visit.cancelled:
            raise _RefusedError("cancelled", f"the visit was called off: {visit.cancelled}")
        planned = {item for task in plan.tasks if task.task_id in visit.task_ids for item in task.item_ids}
        if result.check_item_id not in planned:
            raise _RefusedError("not_planned", f"{result.check_item_id} was not planned for this visit")
        if not plan.window_from <= result.visited_on <= plan.window_to and not result.is_recheck:
            raise _RefusedError(
                "outside_window", f"{result.visited_on} is outside {plan.window_from} … {plan.window_to}"
            )
        if result.visited_on > self._today or result.visited_on < plan.window_from:
            raise _RefusedError("implausible_date", f"{result.visited_on} is after today, or before the plan begins")
        if set(result.inspector_ids) != set(visit.inspector_ids) and not result.is_recheck:
            raise _RefusedError(
                "wrong_team", f"{', '.join(visit.inspector_ids)} were sent; record a change of the team first"
            )
        if len(set(result.inspector_ids)) < plan.inspectors_per_visit:
            raise _RefusedError("wrong_team", f"at least {plan.inspectors_per_visit} inspectors must go")
        if known.get(result.key, result) != result:
            raise _RefusedError("conflict", "another result of this visit and item was accepted before")
        return result

    def inspection(self, result: VisitResult, at: str) -> dict[str, Any]:
        """Return an accepted result as a row of the feed."""
        plan, _ = self._plan(result.visit_id.partition(":")[0])
        department = next(task.department_id for task in plan.tasks if result.check_item_id in task.item_ids)
        return {
            "inspection_id": result.record_id,
            "entity_code": result.entity_code,
            "department_id": department,
            "inspection_kind": "recheck" if result.is_recheck else "random",
            "check_item_id": result.check_item_id,
            "inspector_ids": ";".join(result.inspector_ids),
            "event_date": result.visited_on.isoformat(),
            "result": result.result,
            "critical_count": result.critical_count,
            "serious_count": result.serious_count,
            "minor_count": result.minor_count,
            "known_at": at,
        }

    def _plan(self, plan_id: str) -> tuple[FrozenPlan, dict[str, Visit]]:
        if plan_id not in self._plans:
            try:
                visits = {visit.entity_code: visit for visit in issued(self._home, plan_id)}
                self._plans[plan_id] = (read_frozen(plan_folder(self._home, plan_id)), visits)
            except VisitError as error:
                raise _RefusedError("unknown_visit", str(error)) from error
        return self._plans[plan_id]


def _rows(file: Path, content: bytes) -> list[dict[str, Any]]:
    try:
        text = content.decode("utf-8-sig")
        if file.suffix == ".csv":
            return [_from_csv(row) for row in csv.DictReader(io.StringIO(text), strict=True)]
        if file.suffix == ".jsonl":
            read = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            read = json.loads(text)
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise VisitError(f"{file.name}: cannot be read: {error}; hand in UTF-8 CSV, JSON or JSON lines") from error
    if not isinstance(read, list):
        raise VisitError(f"{file.name}: a list of results is expected, one object each")
    return [row if isinstance(row, dict) else {"not_an_object": row} for row in read]


def _from_csv(row: dict[str | None, Any]) -> dict[str, Any]:
    """A CSV row as the document says it: numbers and truth are words there, several inspectors are joined by `;`."""
    told: dict[str, Any] = {str(name): value for name, value in row.items() if value not in (None, "")}
    if isinstance(told.get("inspector_ids"), str):
        told["inspector_ids"] = told["inspector_ids"].split(";")
    return told


def _entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _append(path: Path, lines: list[str]) -> None:
    if not lines:
        return
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as handle:
        handle.write("".join(f"{line}\n" for line in lines))
        handle.flush()
        os.fsync(handle.fileno())


def _deliver(home: Home, feed: Feed, name: str, rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory(dir=home.results) as folder:
        path = Path(folder) / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        Archive(home.deliveries).store(feed, path, name)


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(content)
