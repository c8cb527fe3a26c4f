"""Case packs and the thresholds of bursts, warnings and gaming, as tables of the schema `policy`.

Not here: periods of reports (reporting.py) and any computation with these numbers.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.casework.pack import CasePack, packs
from models.policy.loader import Policy

GAMING = (
    "least_cases", "least_score", "at_limit_ratio", "perfect_odds", "split_minutes", "split_orders", "relabel_workdays",
    "relabel_left", "relabel_cases",
)  # fmt: skip
BURST = (
    "window_days", "baseline_days", "prior_days", "least_orders", "least_score", "least_expected_percent",
    "history_days", "confirm_days", "confirm_ratio",
)  # fmt: skip
LEVELS = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ")

# table → column → DuckDB type; a mark of a clock is a step and its edge, or no step and `opened` or `closed`
TABLES: Mapping[str, Mapping[str, str]] = {
    "case_kind": {"case_kind": "VARCHAR", "kind_zh": "VARCHAR"},
    "case_step": {"case_kind": "VARCHAR", "step_no": "INTEGER", "step_kind": "VARCHAR", "step_zh": "VARCHAR"},
    "case_outcome": {"case_kind": "VARCHAR", "outcome": "VARCHAR", "outcome_zh": "VARCHAR", "counts_as": "VARCHAR"},
    "case_clock": {
        "case_kind": "VARCHAR",
        "clock_no": "INTEGER",
        "clock_id": "VARCHAR",
        "clock_zh": "VARCHAR",
        "clock_unit": "VARCHAR",
        "clock_tick": "VARCHAR",
        "start_step": "VARCHAR",
        "start_edge": "VARCHAR",
        "stop_step": "VARCHAR",
        "stop_edge": "VARCHAR",
        "statutory_limit": "INTEGER",
        "promised_limit": "INTEGER",
        "extension": "INTEGER",
        "has_own_limits": "BOOLEAN",
    },
    "case_pause": {"case_kind": "VARCHAR", "clock_id": "VARCHAR", "pause_kind": "VARCHAR", "pause_zh": "VARCHAR"},
    "gaming": dict.fromkeys(GAMING, "INTEGER"),
    "burst": dict.fromkeys(BURST, "INTEGER"),
    "topic": {
        "warned_heat": "INTEGER",
        "warned_growth": "INTEGER",
        "respond_days": "INTEGER",
        "owner_department_id": "VARCHAR",
    },
    "publication_limit": {"published_kind": "VARCHAR", "limit_workdays": "INTEGER"},
    "warning_level": {
        "warning_kind": "VARCHAR",
        "warning_level": "VARCHAR",
        "level_no": "INTEGER",
        "at_least": "INTEGER",
        "at_most": "INTEGER",
    },
}

# table → rules that make it; `folder.*` is every rule of a folder
MADE_FROM: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("case_kind", "case_step", "case_outcome", "case_clock", "case_pause"), ("case_pack.*",)),
    "gaming": ("casework.gaming",),
    "burst": ("casework.burst",),
    "topic": ("casework.topic_warning",),
    "publication_limit": ("casework.publication",),
    "warning_level": ("casework.warning",),
}

Row = dict[str, Any]


def tables(day: date, policy: Policy) -> dict[str, list[Row]]:
    """Rows of every table of TABLES as in force on `day`. Raises PolicyError when a rule has no value on `day`."""
    in_force = policy.at(day)
    known = packs(in_force)
    return {
        "case_kind": [{"case_kind": kind, "kind_zh": pack.name} for kind, pack in known.items()],
        "case_step": [
            {"case_kind": kind, "step_no": number, "step_kind": step, "step_zh": name}
            for kind, pack in known.items()
            for number, (step, name) in enumerate(pack.steps.items(), start=1)
        ],
        "case_outcome": [
            {"case_kind": kind, "outcome": outcome, "outcome_zh": name, "counts_as": counts}
            for kind, pack in known.items()
            for outcome, (name, counts) in pack.outcomes.items()
        ],
        "case_clock": [row for kind, pack in known.items() for row in _clock_rows(kind, pack)],
        "case_pause": [
            {"case_kind": kind, "clock_id": clock_id, "pause_kind": pause, "pause_zh": pack.pauses[pause]}
            for kind, pack in known.items()
            for clock_id, clock in pack.clocks.items()
            for pause in clock.pauses
        ],
        "gaming": [in_force.value("casework.gaming")],
        "burst": [in_force.value("casework.burst")],
        "topic": [in_force.value("casework.topic_warning")],
        "publication_limit": [
            {"published_kind": kind, "limit_workdays": limit}
            for kind, limit in in_force.value("casework.publication").items()
        ],
        "warning_level": [
            {"warning_kind": kind, "warning_level": level, "level_no": number}
            | {side: rule[side][number - 1] if side in rule else None for side in ("at_least", "at_most")}
            for kind, rule in in_force.value("casework.warning").items()
            for number, level in enumerate(LEVELS, start=1)
        ],
    }


def _clock_rows(kind: str, pack: CasePack) -> list[Row]:
    return [
        {
            "case_kind": kind,
            "clock_no": number,
            "clock_id": clock_id,
            "clock_zh": clock.name,
            "clock_unit": clock.unit,
            "clock_tick": clock.tick,
            "start_step": _step(clock.starts),
            "start_edge": clock.starts.rpartition(".")[2],
            "stop_step": _step(clock.stops),
            "stop_edge": clock.stops.rpartition(".")[2],
            "statutory_limit": clock.ticks(clock.statutory),
            "promised_limit": clock.ticks(clock.promised),
            "extension": clock.ticks(clock.extension),
            "has_own_limits": clock.own_limits,
        }
        for number, (clock_id, clock) in enumerate(pack.clocks.items(), start=1)
    ]


def _step(mark: str) -> str | None:
    return mark.rpartition(".")[0] or None
