"""Each month: did the grades that were published keep their promise, and is the register still what they were made for.

Reads the ledger (what was graded, when) and the inspections of the snapshot; nothing is graded again. Kept in
`<home>/monitoring`, one file a month. Grades of past days that were never published are judged by back-tests.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from models.evidence.interval import bootstrap, wilson
from models.evidence.ranking import auc
from models.evidence.sample import Sample
from models.evidence.stability import counts_between, is_below, migration, population_stability, score_stability
from models.policy.loader import InForce, Policy
from models.scorecard.card import Scorecard
from models.scorecard.packs import PACK_IDS
from warehouse import ledger, rules
from warehouse.home import Home
from warehouse.serving import ServingReader

_LATER = """
select i.entity_id, i.event_date, cast(i.critical_count > 0 as double) as found
from known.inspection as i
where i.entity_id is not null and i.event_date between $first and $last
order by i.event_date, i.inspection_id
"""
_AGE = """
select feed_id || '/' || source_id as source, age_days, is_late from mart.data_age order by source
"""
_POLICY_ID = "evidence.monitoring"


def keep(home: Home, rounds: int = 300, seed: int = 1) -> list[Path]:
    """Write the report of each month that has ended by the published day and has none yet; return the files.

    A month can be reported when grades were published in the month before.
    """
    reader = ServingReader(home.root)
    written = []
    try:
        as_of: date = reader.query("select as_of from run.info").row(0, named=True)["as_of"]
        done = ledger.runs(home)
        for first in _months(done, as_of):
            path = home.monitoring / f"{first:%Y-%m}.json"
            if path.exists():
                continue
            home.monitoring.mkdir(exist_ok=True, mode=0o700)
            partial = path.with_suffix(".partial")
            told = report(home, reader, done, first, rounds, seed)
            partial.write_text(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8")
            partial.chmod(0o600)
            partial.replace(path)
            written.append(path)
    finally:
        reader.close()
    return written


def kept(home: Home) -> list[dict[str, Any]]:
    """Return the reports there are, latest month first."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(home.monitoring.glob("*.json"), reverse=True)]


def complaints(told: dict[str, Any]) -> list[str]:
    """Return the scorecards of a report that are worth less than their card, or whose register drifted from it."""
    return [
        f"{pack}: {what}"
        for pack, one in told["packs"].items()
        for what, is_so in (("decayed", one["is_decayed"]), ("drifted", one["is_drifted"]))
        if is_so
    ]


def report(
    home: Home, reader: ServingReader, done: Sequence[ledger.Run], first: date, rounds: int, seed: int
) -> dict[str, Any]:
    """Return what is said of the month that begins on `first`, and of the months pooled with it."""
    run = _before(done, first)
    assert run is not None  # noqa: S101 (only months with grades are reported)
    policy = rules.kept(home, run.policy_version)
    in_force = policy.at(date.fromisoformat(run.as_of))
    asked = in_force.value(_POLICY_ID)
    pooled = [m for m in _back(first, asked["pooled_months"]) if (one := _before(done, m)) and _same_rules(one, run)]
    samples = [_graded(home, reader, done, month) for month in pooled]
    return {
        "month": f"{first:%Y-%m}",
        "graded_as_of": run.as_of,
        "run_id": run.run_id,
        "policy_version": run.policy_version,
        "pooled_months": [f"{month:%Y-%m}" for month in pooled],
        "data_age": reader.query(_AGE).to_dicts(),
        "packs": {pack: _pack(home, done, policy, in_force, pack, first, samples, rounds, seed) for pack in PACK_IDS},
    }


def _pack(
    home: Home,
    done: Sequence[ledger.Run],
    policy: Policy,
    in_force: InForce,
    pack: str,
    first: date,
    samples: Sequence[pl.DataFrame],
    rounds: int,
    seed: int,
) -> dict[str, Any]:
    """Rates by grade, AUC against the card, drift of the scores and migration, of one scorecard."""
    card = Scorecard.from_policy(in_force, pack)
    rows = pl.concat([one.with_columns(stratum=pl.lit(n)) for n, one in enumerate(samples)])
    sign = 1.0 if card.direction == "higher_is_worse" else -1.0
    sample = Sample(
        sign * rows[f"{pack}_score"].cast(pl.Float64).to_numpy(),
        rows["found"].to_numpy(),
        rows["event_date"].to_physical().to_numpy().astype(np.int64),
        rows["stratum"].to_numpy().astype(np.int64),
        rows["entity_id"].to_numpy(),
        np.ones(rows.height),
    )
    estimate = bootstrap({"auc": auc(sample)}, sample.cluster, sample.weight, rounds, seed)["auc"]
    now, before = (ledger.read(home, run) if run else None for run in (_before(done, first), _earlier(done, first)))
    told_card = card_of(policy, pack, in_force.day)
    drift = _drift(now, before, told_card, pack)
    asked = in_force.value(_POLICY_ID)
    promised = told_card["held_out"]["auc"]["value"] if told_card else None
    return {
        "inspections": rows.height,
        "found": int(sample.found.sum()),
        "auc": asdict(estimate),
        "promised_auc": promised,
        "is_decayed": is_below(estimate, promised, int(sample.found.sum()), asked["least_found"]),
        "drift": drift,
        "is_drifted": drift is not None and drift >= float(asked["drift"]),
        "grades": [
            {
                "grade": grade,
                "inspections": (of := rows.filter(pl.col(f"{pack}_grade") == grade)).height,
                "found": int(of["found"].sum()),
                "rate": asdict(wilson(float(of["found"].sum()), of.height)),
            }
            for grade in card.grades
        ],
        "migration": _migration(now, before, pack, card.grades),
    }


def card_of(policy: Policy, pack: str, day: date) -> dict[str, Any] | None:
    """Return the card of the scorecard in force on `day`; None for one that was written by hand."""
    rule = f"scorecard.{pack}"
    first = policy.files[rule].first_day_at(day)
    path = policy.origin[rule].parents[1] / "card" / f"{pack}-{first}.json"
    found: dict[str, Any] | None = json.loads(path.read_text("utf-8")) if path.exists() else None
    return found


def _graded(home: Home, reader: ServingReader, done: Sequence[ledger.Run], month: date) -> pl.DataFrame:
    """Return the inspections of a month with the grades last published before it."""
    run = _before(done, month)
    assert run is not None  # noqa: S101
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    later = reader.query(_LATER, {"first": month, "last": last})
    return later.join(ledger.read(home, run), on="entity_id", how="inner", maintain_order="left")


def _drift(
    now: pl.DataFrame | None, before: pl.DataFrame | None, card: dict[str, Any] | None, pack: str
) -> float | None:
    """Return the stability index of the scores against those the pack was fitted on, or else the month before."""
    if now is None:
        return None
    score = now[f"{pack}_score"].cast(pl.Float64).to_numpy()
    if card is not None:
        fitted_on = card["reference"]
        return population_stability(fitted_on["counts"], counts_between(fitted_on["cuts"], score))
    if before is None:
        return None
    return score_stability(before[f"{pack}_score"].cast(pl.Float64).to_numpy(), score)


def _migration(
    now: pl.DataFrame | None, before: pl.DataFrame | None, pack: str, grades: Sequence[str]
) -> list[list[int]] | None:
    if now is None or before is None:
        return None
    both = before.join(now, on="entity_id", suffix="_now")
    return migration(both[f"{pack}_grade"].to_list(), both[f"{pack}_grade_now"].to_list(), grades)


def _months(done: Sequence[ledger.Run], as_of: date) -> list[date]:
    """First days of the months that had grades before them and ended by `as_of`."""
    starts = {(date.fromisoformat(run.as_of).replace(day=28) + timedelta(days=4)).replace(day=1) for run in done}
    return sorted(m for m in starts if (m + timedelta(days=31)).replace(day=1) <= as_of + timedelta(days=1))


def _before(done: Sequence[ledger.Run], month: date) -> ledger.Run | None:
    """The last run published as of a day of the month before; several of one day: the last published."""
    previous = (month - timedelta(days=1)).replace(day=1)
    found = [run for run in done if previous <= date.fromisoformat(run.as_of) < month]
    return sorted(found, key=lambda run: run.as_of)[-1] if found else None


def _earlier(done: Sequence[ledger.Run], month: date) -> ledger.Run | None:
    return _before(done, (month - timedelta(days=1)).replace(day=1))


def _back(first: date, months: int) -> list[date]:
    """First days of the months up to the one of `first`, earliest first."""
    found = [first]
    while len(found) < months:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _same_rules(one: ledger.Run, other: ledger.Run) -> bool:
    return one.policy_version == other.policy_version
