"""Windows, decay, peers, themes and the end of legal effects as tables of the schema `policy`.

Not here: scorecards and the registry of indicators (tables.py), and any computation with these numbers.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from models.policy.loader import InForce
from models.scorecard import surroundings
from models.scorecard.decay import curves
from models.scorecard.indicator import WINDOW_NAMES, themes, windows
from models.scorecard.peer import STRICTNESS_NAMES, WEIGHT_NAMES, peer_weights, strictness_rule

# table → column → DuckDB type; one row where columns are named numbers; last_day NULL is open
TABLES: Mapping[str, Mapping[str, str]] = {
    "indicator_window": {f"{name}_days": "INTEGER" for name in WINDOW_NAMES},
    "theme": {
        "theme_id": "VARCHAR",
        "theme_zh": "VARCHAR",
        "level_id": "VARCHAR",
        "level_zh": "VARCHAR",
        "no_data_zh": "VARCHAR",
    },
    "decay": {"decay_id": "VARCHAR", "age_days": "INTEGER", "weight_micro": "BIGINT"},
    "peer": {f"{name}_weight": "BIGINT" for name in WEIGHT_NAMES},
    "near": {"cell_metres": "BIGINT", "metres_per_degree": "BIGINT"},
    "near_step": {"dy": "BIGINT", "dx": "BIGINT", "weight_micro": "BIGINT"},
    "strictness": dict.fromkeys(STRICTNESS_NAMES, "BIGINT"),
    "publicity_period": {
        "first_day": "DATE",
        "last_day": "DATE",
        "record_kind": "VARCHAR",
        "severity": "VARCHAR",
        "repair_after_months": "INTEGER",
        "ends_after_months": "INTEGER",
    },
    "inheritance": {"relation_kind": "VARCHAR", "record_kind": "VARCHAR"},
}

# table → rules that make it
MADE_FROM: Mapping[str, tuple[str, ...]] = {
    "indicator_window": ("indicator.window",),
    "theme": ("indicator.theme",),
    "decay": ("indicator.decay",),
    "peer": ("indicator.peer_weight",),
    "near": ("indicator.surroundings",),
    "near_step": ("indicator.surroundings",),
    "strictness": ("indicator.strictness",),
    "publicity_period": ("repair.publicity_period",),
    "inheritance": ("registration.inheritance",),
}

_PERIOD_ID = "repair.publicity_period"
Row = dict[str, Any]


def tables(in_force: InForce) -> dict[str, list[Row]]:
    """Rows of every table of TABLES; the periods of publicity hold past and future ones too.

    Raises PolicyError when a rule has no value or does not hold together.
    """
    return {
        "indicator_window": [{f"{name}_days": days for name, days in windows(in_force).items()}],
        "theme": [
            {
                "theme_id": theme_id,
                "theme_zh": theme.title,
                "level_id": theme.level_id,
                "level_zh": theme.level_title,
                "no_data_zh": theme.no_data,
            }
            for theme_id, theme in themes(in_force).items()
        ],
        "decay": [
            {"decay_id": name, "age_days": age, "weight_micro": weight}
            for name, weights in curves(in_force).items()
            for age, weight in enumerate(weights)
        ],
        "peer": [{f"{name}_weight": weight for name, weight in peer_weights(in_force).items()}],
        "near": [
            {"cell_metres": surroundings.cell_metres(in_force), "metres_per_degree": surroundings.METRES_PER_DEGREE}
        ],
        "near_step": [{"dy": dy, "dx": dx, "weight_micro": weight} for dy, dx, weight in surroundings.steps(in_force)],
        "strictness": [strictness_rule(in_force)],
        "publicity_period": _period_rows(in_force),
        "inheritance": [
            {"relation_kind": relation, "record_kind": record}
            for relation, records in in_force.value("registration.inheritance").items()
            for record in records
        ],
    }


def _period_rows(in_force: InForce) -> list[Row]:
    rule = in_force.policy.files[_PERIOD_ID]
    spans = zip(rule.first_days, [*rule.first_days[1:], None], strict=True)
    return [
        {
            "first_day": first,
            "last_day": following - timedelta(days=1) if following else None,
            "record_kind": record_kind,
            "severity": severity,
            "repair_after_months": months["repair_after"],
            "ends_after_months": months["ends_after"],
        }
        for first, following in spans
        for record_kind, severities in rule.values[first].items()
        for severity, months in severities.items()
    ]
