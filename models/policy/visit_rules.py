"""Causes, caps, rotation and size classes of visits as tables of the schema `policy`, for the burden ledger.

Not here: the rules of a plan that SQL does not need (models/sampling/plan_rules.py).
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from models.policy.loader import InForce
from models.sampling.plan_rules import cool_down_days, visit_caps, visit_causes

# table → column → DuckDB type; `visit_window` has one row
TABLES: Mapping[str, Mapping[str, str]] = {
    "visit_cause": {
        "record_source": "VARCHAR",
        "record_cause": "VARCHAR",
        "visit_cause_code": "VARCHAR",
        "visit_cause_zh": "VARCHAR",
        "is_counted": "BOOLEAN",
    },
    "visit_cap": {"credit_grade": "VARCHAR", "department_cap": "INTEGER", "total_cap": "INTEGER"},
    "visit_window": {"cool_down_days": "INTEGER", "ledger_years": "INTEGER"},
    "size_class": {"size_class": "VARCHAR", "least_employees": "INTEGER", "below_employees": "INTEGER"},
}

# table → rules that make it
MADE_FROM: Mapping[str, tuple[str, ...]] = {
    "visit_cause": ("sampling.visit_cause",),
    "visit_cap": ("sampling.visit_cap",),
    "visit_window": ("sampling.cool_down", "reporting.ledger_years"),
    "size_class": ("reporting.size_class",),
}

Row = dict[str, Any]


def tables(in_force: InForce) -> dict[str, list[Row]]:
    """Rows of every table of TABLES. Raises PolicyError when a rule has no value or does not hold together."""
    sizes = sorted(in_force.value("reporting.size_class").items(), key=lambda size: int(size[1]))
    return {
        "visit_cause": [
            {
                "record_source": record,
                "record_cause": kind,
                "visit_cause_code": code,
                "visit_cause_zh": cause.title,
                "is_counted": cause.counts,
            }
            for code, cause in visit_causes(in_force).items()
            for record in ("inspection", "visit")
            for kind in getattr(cause, record)
        ],
        "visit_cap": [
            {"credit_grade": credit, "department_cap": cap.department, "total_cap": cap.total}
            for credit, cap in visit_caps(in_force).items()
        ],
        "visit_window": [
            {"cool_down_days": cool_down_days(in_force), "ledger_years": in_force.value("reporting.ledger_years")}
        ],
        "size_class": [
            {"size_class": name, "least_employees": least, "below_employees": below}
            for (name, least), (_, below) in pairwise([*sizes, ("", None)])
        ],
    }
