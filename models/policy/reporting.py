"""Periods, cadences, step order and due days of reports, as tables of the schema `policy`.

Not here: scorecards and sampling (tables.py) and any computation with these numbers.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.policy.loader import Policy
from models.sampling.ratio import inspectors_per_visit

PERIODS = (
    "recent_days",
    "baseline_days",
    "funnel_days",
    "trend_days",
    "band_weeks",
    "band_sigma",
    "months",
    "year_days",
    "at_risk_days",
    "top_districts",
    "good_rating",
    "satisfied_rating",
    "instant_minutes",
    "shrink_cases",
    "satisfaction_days",
    "slow_percent",
)

# table → column → DuckDB type; `reporting` and `team_size` have one row
TABLES: Mapping[str, Mapping[str, str]] = {
    "reporting": dict.fromkeys(PERIODS, "INTEGER"),
    "cadence": {"cadence": "VARCHAR", "days": "INTEGER"},
    "hotline_step": {"step_no": "INTEGER", "step_kind": "VARCHAR"},
    "team_size": {"inspectors": "INTEGER"},
    "annual_report_due": {"report_year": "INTEGER", "due_on": "DATE"},
}

# table → rules that make it
MADE_FROM: Mapping[str, tuple[str, ...]] = {
    "reporting": ("reporting.period",),
    "cadence": ("reporting.cadence",),
    "hotline_step": ("reporting.hotline_step",),
    "team_size": ("sampling.inspectors_per_visit",),
    "annual_report_due": ("registration.annual_report_due",),
}

_YEARS_BACK = 10  # report years offered to SQL; the indicator's window decides which of them count


def tables(day: date, policy: Policy) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table of TABLES as in force on `day`. Raises PolicyError when a rule has no value on `day`."""
    in_force = policy.at(day)
    due = in_force.value("registration.annual_report_due")
    years = range(day.year - _YEARS_BACK, day.year)
    return {
        "reporting": [in_force.value("reporting.period")],
        "cadence": [{"cadence": name, "days": days} for name, days in in_force.value("reporting.cadence").items()],
        "hotline_step": [
            {"step_no": number, "step_kind": kind}
            for number, kind in enumerate(in_force.value("reporting.hotline_step"), start=1)
        ],
        "team_size": [{"inspectors": inspectors_per_visit(in_force)}],
        "annual_report_due": [
            {"report_year": year, "due_on": date(year + 1, due["month"], due["day"])} for year in years
        ],
    }
