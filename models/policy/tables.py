"""The rules as tables for the warehouse schema `policy`: their columns, and their rows for a day.

Not here: how they get into a database.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from models.policy.loader import InForce, Policy, canonical_json
from models.sampling.ratio import ratios_ppm
from models.scorecard.card import Scorecard
from models.scorecard.indicator import WINDOW_NAMES, registry, windows

PACK_IDS = ("credit", "risk")

# table → column → DuckDB type; `*_micro` in units of 10^-6, `*_ppm` in parts per million; upper_micro NULL is open
TABLES: Mapping[str, Mapping[str, str]] = {
    "scorecard_indicator": {
        "pack_id": "VARCHAR",
        "indicator_id": "VARCHAR",
        "group_id": "VARCHAR",
        "group_zh": "VARCHAR",
        "weight_micro": "BIGINT",
        "missing_points_micro": "BIGINT",
        "is_text": "BOOLEAN",
    },
    "scorecard_segment": {
        "pack_id": "VARCHAR",
        "indicator_id": "VARCHAR",
        "lower_micro": "BIGINT",
        "upper_micro": "BIGINT",
        "points_micro": "BIGINT",
        "slope_micro": "BIGINT",
    },
    "scorecard_cut": {
        "pack_id": "VARCHAR",
        "grade": "VARCHAR",
        "grade_no": "INTEGER",
        "lower_micro": "BIGINT",
        "upper_micro": "BIGINT",
    },
    "scorecard_veto": {
        "pack_id": "VARCHAR",
        "veto_id": "VARCHAR",
        "indicator_id": "VARCHAR",
        "at_least_micro": "BIGINT",
        "worst_grade_no": "INTEGER",
        "reason_zh": "VARCHAR",
        "basis": "VARCHAR",
    },
    "indicator": {
        "indicator_id": "VARCHAR",
        "name_zh": "VARCHAR",
        "family": "VARCHAR",
        "unit_zh": "VARCHAR",
        "direction": "VARCHAR",
        "basis_zh": "VARCHAR",
        "catalogue_code": "VARCHAR",
    },
    "indicator_window": {f"{name}_days": "INTEGER" for name in WINDOW_NAMES},
    "sampling_ratio": {"credit_grade": "VARCHAR", "risk_grade": "VARCHAR", "ratio_ppm": "BIGINT"},
    "value": {
        "policy_id": "VARCHAR",
        "title_zh": "VARCHAR",
        "unit": "VARCHAR",
        "basis": "VARCHAR",
        "valid_from": "DATE",
        "valid_to": "DATE",
        "value_json": "VARCHAR",
    },
    "basis": {
        "basis_id": "VARCHAR",
        "title_zh": "VARCHAR",
        "document_no": "VARCHAR",
        "issuer": "VARCHAR",
        "in_force": "DATE",
        "note": "VARCHAR",
    },
}

Row = dict[str, Any]


def tables(day: date, policy: Policy) -> dict[str, list[Row]]:
    """Rows of every table of TABLES as in force on `day`; `value` and `basis` hold past and future too.

    Raises PolicyError when a rule has no value on `day` or does not hold together.
    """
    in_force = policy.at(day)
    cards = [Scorecard.from_policy(in_force, pack_id) for pack_id in PACK_IDS]
    return {
        "scorecard_indicator": [row for card in cards for row in _indicator_rows(card)],
        "scorecard_segment": [row for card in cards for row in _segment_rows(card)],
        "scorecard_cut": [{"pack_id": card.pack_id} | asdict(cut) for card in cards for cut in card.scale.cuts],
        "scorecard_veto": [row for card in cards for row in _veto_rows(card)],
        "indicator": _registry_rows(in_force),
        "indicator_window": [{f"{name}_days": days for name, days in windows(in_force).items()}],
        "sampling_ratio": [
            {"credit_grade": credit, "risk_grade": risk, "ratio_ppm": ppm}
            for (credit, risk), ppm in ratios_ppm(in_force).items()
        ],
        "value": _value_rows(policy),
        "basis": _basis_rows(policy),
    }


def _indicator_rows(card: Scorecard) -> list[Row]:
    own = [name for name in TABLES["scorecard_indicator"] if name != "pack_id"]
    return [{"pack_id": card.pack_id} | {name: getattr(part, name) for name in own} for part in card.indicators]


def _segment_rows(card: Scorecard) -> list[Row]:
    return [
        {"pack_id": card.pack_id, "indicator_id": part.indicator_id} | asdict(segment)
        for part in card.indicators
        for segment in part.segments
    ]


def _veto_rows(card: Scorecard) -> list[Row]:
    return [
        {
            "pack_id": card.pack_id,
            "veto_id": veto.veto_id,
            "indicator_id": veto.indicator_id,
            "at_least_micro": veto.at_least_micro,
            "worst_grade_no": veto.worst_grade_no,
            "reason_zh": veto.reason,
            "basis": veto.basis,
        }
        for veto in card.vetoes
    ]


def _registry_rows(in_force: InForce) -> list[Row]:
    return [
        {
            "indicator_id": indicator_id,
            "name_zh": indicator.name,
            "family": indicator_id.partition(".")[0],
            "unit_zh": indicator.unit,
            "direction": indicator.direction,
            "basis_zh": in_force.policy.cite(indicator.basis, f"indicator {indicator_id}"),
            "catalogue_code": indicator.catalogue_code,
        }
        for indicator_id, indicator in registry(in_force).items()
    ]


def _value_rows(policy: Policy) -> list[Row]:
    rows = []
    for policy_id, rule in sorted(policy.files.items()):
        for first, following in zip(rule.first_days, [*rule.first_days[1:], None], strict=True):
            rows.append(
                {
                    "policy_id": policy_id,
                    "title_zh": rule.title,
                    "unit": rule.unit,
                    "basis": policy.cite(rule.basis, policy_id),
                    "valid_from": first,
                    "valid_to": following - timedelta(days=1) if following else None,
                    "value_json": canonical_json(rule.values[first]),
                }
            )
    return rows


def _basis_rows(policy: Policy) -> list[Row]:
    return [
        {
            "basis_id": basis_id,
            "title_zh": source.title,
            "document_no": source.document_no,
            "issuer": source.issuer,
            "in_force": source.in_force,
            "note": source.note,
        }
        for basis_id, source in policy.basis.items()
    ]
