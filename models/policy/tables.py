"""The rules as tables for the warehouse schema `policy`: their columns, and their rows for a day.

Not here: how they get into a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from models.policy import indicator_rules, visit_rules
from models.policy.loader import InForce, Policy, canonical_json
from models.sampling.ratio import ratios_ppm
from models.scorecard.card import Limit, Scorecard
from models.scorecard.grade_scale import GradeScale
from models.scorecard.indicator import registry
from models.scorecard.matrix import Matrix
from models.scorecard.packs import cards_in_force, numbered_parts

# table → column → DuckDB type; `*_micro` in units of 10^-6, `*_ppm` in parts per million; upper_micro NULL is open
TABLES: Mapping[str, Mapping[str, str]] = {
    "scorecard_indicator": {
        "part_no": "SMALLINT",
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
    "scorecard_level": {
        "pack_id": "VARCHAR",
        "axis_id": "VARCHAR",
        "level_zh": "VARCHAR",
        "level_no": "INTEGER",
        "group_ids": "VARCHAR",
        "lower_micro": "BIGINT",
        "upper_micro": "BIGINT",
    },
    "scorecard_matrix": {
        "pack_id": "VARCHAR",
        "row_level_no": "INTEGER",
        "column_level_no": "INTEGER",
        "grade": "VARCHAR",
        "grade_no": "INTEGER",
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
        "indicator_no": "SMALLINT",
        "indicator_id": "VARCHAR",
        "name_zh": "VARCHAR",
        "family": "VARCHAR",
        "theme_id": "VARCHAR",
        "unit_zh": "VARCHAR",
        "direction": "VARCHAR",
        "basis_zh": "VARCHAR",
        "catalogue_code": "VARCHAR",
    },
    **indicator_rules.TABLES,
    **visit_rules.TABLES,
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

_CARDS = ("scorecard.*",)
# table → rules that make it; `folder.*` is every rule of a folder. `value` and `basis` hold every rule.
MADE_FROM: Mapping[str, tuple[str, ...]] = {
    **{name: _CARDS for name in TABLES if name.startswith("scorecard_")},
    "indicator": ("indicator.*", *_CARDS),
    **indicator_rules.MADE_FROM,
    **visit_rules.MADE_FROM,
    "sampling_ratio": ("sampling.ratio_by_credit", "sampling.ratio_by_credit_risk"),
}

Row = dict[str, Any]


def tables(day: date, policy: Policy) -> dict[str, list[Row]]:
    """Rows of every table of TABLES as in force on `day`; `value` and `basis` hold past and future too.

    Raises PolicyError when a rule has no value on `day` or does not hold together.
    """
    in_force = policy.at(day)
    cards = cards_in_force(in_force)
    return {
        "scorecard_indicator": _part_rows(cards),
        "scorecard_segment": [row for card in cards for row in _segment_rows(card)],
        "scorecard_cut": [row for card in cards for row in _grade_rows(card)],
        "scorecard_level": [row for card in cards for row in _level_rows(card)],
        "scorecard_matrix": [row for card in cards for row in _matrix_rows(card)],
        "scorecard_veto": [row for card in cards for row in _veto_rows(card)],
        "indicator": [*_registry_rows(in_force), *(row for card in cards for row in _limit_rows(in_force, card))],
        **indicator_rules.tables(in_force),
        **visit_rules.tables(in_force),
        "sampling_ratio": [
            {"credit_grade": credit, "risk_grade": risk, "ratio_ppm": ppm}
            for (credit, risk), ppm in ratios_ppm(in_force).items()
        ],
        "value": _value_rows(policy),
        "basis": _basis_rows(policy),
    }


def _part_rows(cards: Sequence[Scorecard]) -> list[Row]:
    return [
        {
            "part_no": number,
            "pack_id": card.pack_id,
            "indicator_id": part.indicator_id,
            "group_id": part.group_id,
            "group_zh": part.group_zh,
            "weight_micro": 0 if isinstance(part, Limit) else part.weight_micro,
            "missing_points_micro": 0 if isinstance(part, Limit) else part.missing_points_micro,
            "is_text": not isinstance(part, Limit) and part.is_text,
        }
        for number, card, part in numbered_parts(cards)
    ]


def _grade_rows(card: Scorecard) -> list[Row]:
    """The grades of a scorecard with their cuts; a scorecard with a matrix has no cuts of its score."""
    if isinstance(card.rule, GradeScale):
        return [{"pack_id": card.pack_id} | asdict(cut) for cut in card.rule.cuts]
    return [
        {"pack_id": card.pack_id, "grade": grade, "grade_no": number, "lower_micro": None, "upper_micro": None}
        for number, grade in enumerate(card.grades, start=1)
    ]


def _level_rows(card: Scorecard) -> list[Row]:
    return [
        {
            "pack_id": card.pack_id,
            "axis_id": axis.axis_id,
            "level_zh": cut.grade,
            "level_no": cut.grade_no,
            "group_ids": ";".join(axis.groups),
            "lower_micro": cut.lower_micro,
            "upper_micro": cut.upper_micro,
        }
        for axis in ((card.rule.row, card.rule.column) if isinstance(card.rule, Matrix) else ())
        for cut in axis.scale.cuts
    ]


def _matrix_rows(card: Scorecard) -> list[Row]:
    return [
        {
            "pack_id": card.pack_id,
            "row_level_no": row,
            "column_level_no": column,
            "grade": card.name(grade_no),
            "grade_no": grade_no,
        }
        for row, line in enumerate(card.rule.grade_nos if isinstance(card.rule, Matrix) else (), start=1)
        for column, grade_no in enumerate(line, start=1)
    ]


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
            "indicator_no": number,
            "indicator_id": indicator_id,
            "name_zh": indicator.name,
            "family": indicator_id.partition(".")[0],
            "theme_id": indicator.theme,
            "unit_zh": indicator.unit,
            "direction": indicator.direction,
            "basis_zh": in_force.policy.cite(indicator.basis, f"indicator {indicator_id}"),
            "catalogue_code": indicator.catalogue_code,
        }
        for number, (indicator_id, indicator) in enumerate(registry(in_force).items())
    ]


def _limit_rows(in_force: InForce, card: Scorecard) -> list[Row]:
    """The floors and caps of groups stand among the indicators, since they are parts of a score."""
    rule = in_force.policy.files[f"scorecard.{card.pack_id}"]
    return [
        {
            "indicator_no": None,
            "indicator_id": limit.indicator_id,
            "name_zh": f"{limit.group_zh}合计的上下限调整",
            "family": "limit",
            "theme_id": None,
            "unit_zh": rule.unit,
            "direction": card.direction,
            "basis_zh": in_force.policy.cite(rule.basis, rule.id),
            "catalogue_code": None,
        }
        for limit in card.limits
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
