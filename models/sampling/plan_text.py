"""The one written form of a frozen plan: `plan.json` and five CSV files as bytes, the same bytes for the same plan.

Where the files lie is not known here (warehouse/frozen_plan.py); whether a plan can be drawn is asked in plan_check.py.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from io import BytesIO
from typing import Any

import polars as pl

from models.sampling.frozen import EXCLUDED, FRAME, INSPECTORS, LEAVES, RECUSALS, FrozenPlan, Stratum, Task

PLAN = "plan.json"
# Table → its columns, and how many of the first ones are its key.
TABLES: dict[str, tuple[dict[str, Any], int]] = {
    "frame": (FRAME, 2),
    "excluded": (EXCLUDED, 2),
    "inspectors": (INSPECTORS, 1),
    "leaves": (LEAVES, 3),
    "recusals": (RECUSALS, 3),
}
FILES = (PLAN, *(f"{table}.csv" for table in TABLES))
_DATES = ("as_of", "window_from", "window_to")


def canonical(plan: FrozenPlan) -> FrozenPlan:
    """The same plan with its columns, tasks, strata and rows in their one order, and no text missing (empty instead).

    Raises ValueError when a table lacks a column or holds a value that is not of its type.
    """
    tables: dict[str, Any] = {}
    for name, (columns, _) in TABLES.items():
        given: pl.DataFrame = getattr(plan, name)
        if missing := [column for column in columns if column not in given.columns]:
            raise ValueError(f"plan {plan.plan_id}: table {name} lacks the column {', '.join(missing)}")
        try:
            typed = given.select(pl.col(column).cast(kind) for column, kind in columns.items())
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"plan {plan.plan_id}: table {name}: {error}") from error
        tables[name] = typed.with_columns(pl.col(pl.String).fill_null("")).sort(list(columns))
    return replace(
        plan,
        tasks=tuple(sorted(plan.tasks, key=lambda task: task.task_id)),
        strata=tuple(sorted(plan.strata, key=lambda stratum: (stratum.task_id, stratum.stratum_id))),
        **tables,
    )


def files_of(plan: FrozenPlan) -> dict[str, bytes]:
    """File name → bytes of a plan in canonical form: UTF-8, LF line ends, ISO dates, keys of JSON sorted."""
    plan = canonical(plan)
    told = {
        name: getattr(plan, name).isoformat() if name in _DATES else getattr(plan, name)
        for name in ("plan_id", "title", "kind", *_DATES, "policy_digest", "inspectors_per_visit")
    }
    told["tasks"] = [asdict(task) for task in plan.tasks]
    told["strata"] = [asdict(stratum) for stratum in plan.strata]
    files = {PLAN: json_bytes(told)}
    for name in TABLES:
        files[f"{name}.csv"] = csv_bytes(getattr(plan, name))
    return files


def plan_of(files: Mapping[str, bytes]) -> FrozenPlan:
    """The plan that `files_of` wrote. Raises ValueError when a file is missing or is not in that form."""
    if missing := [name for name in FILES if name not in files]:
        raise ValueError(f"the frozen plan lacks {', '.join(missing)}; freeze the plan again")
    told = json.loads(files[PLAN])
    tables: dict[str, Any] = {}
    for name, (columns, _) in TABLES.items():
        try:
            read = pl.read_csv(BytesIO(files[f"{name}.csv"]), schema=columns)
        except pl.exceptions.PolarsError as error:
            raise ValueError(f"{name}.csv of the frozen plan cannot be read: {error}") from error
        tables[name] = read.with_columns(pl.col(pl.String).fill_null(""))
    try:
        tasks = tuple(Task(**(task | {"item_ids": tuple(task["item_ids"])})) for task in told.pop("tasks"))
        strata = tuple(Stratum(**stratum) for stratum in told.pop("strata"))
        days: dict[str, Any] = {name: date.fromisoformat(told.pop(name)) for name in _DATES}
        plan = FrozenPlan(**told, **days, tasks=tasks, strata=strata, **tables)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{PLAN} of the frozen plan is not in the form of docs/draw_protocol.md: {error}") from error
    if files_of(plan) != {name: files[name] for name in FILES}:
        raise ValueError(f"the files of frozen plan {plan.plan_id} are not in canonical form; freeze the plan again")
    return plan


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """A JSON document as the one text that is hashed and published."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def csv_bytes(table: pl.DataFrame) -> bytes:
    """A table as CSV: header, comma, quotes only where needed, LF line ends."""
    return table.write_csv().encode()
