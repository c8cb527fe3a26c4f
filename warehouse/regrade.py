"""Grades of every entity under another policy, from the indicator values of the published snapshot.

Scored by models.scorecard as in a refresh. What changes the values themselves (windows, decay, what an indicator
counts) needs a refresh into another home; `beyond` names such rules.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from models.policy.loader import InForce, Policy
from models.scorecard.packs import cards_in_force
from warehouse import grading
from warehouse.serving import ServingReader

_SCORED = "scorecard."
_MICRO = Decimal("0.000001")


def regrade(reader: ServingReader, policy: InForce) -> pl.DataFrame:
    """Return entity_id, `<pack>_score` and `<pack>_grade` of every graded entity under `policy`, by entity.

    Raises:
        PolicyError: a scorecard of the policy does not hold together.
    """
    cards = cards_in_force(policy)
    with reader.cursor() as cursor:
        values = grading.read_values(cursor)
    scored = grading.score_all(cards, values)
    columns: dict[str, Any] = {"entity_id": values.entity_ids}
    for card in cards:
        one = scored[card.pack_id]
        columns[f"{card.pack_id}_score"] = pl.Series(one.score).cast(pl.Decimal(38, 0)) * _MICRO
        columns[f"{card.pack_id}_grade"] = pl.Series(one.grade_no - 1).replace_strict(dict(enumerate(card.grades)))
    return pl.DataFrame(columns).with_columns(pl.col("^.*_score$").cast(pl.Decimal(18, 6)))


def changed(today: Policy, proposed: Policy, day: date) -> list[str]:
    """Return the ids of the rules whose value on `day` differs between two policies."""
    rules = sorted({*today.files, *proposed.files})
    return [rule for rule in rules if _value(today, rule, day) != _value(proposed, rule, day)]


def beyond(rules: list[str]) -> list[str]:
    """Return those of the changed rules that re-grading from stored values cannot show."""
    return [rule for rule in rules if not rule.startswith(_SCORED)]


def _value(policy: Policy, rule: str, day: date) -> Any:
    found = policy.files.get(rule)
    first = found.first_day_at(day) if found else None
    return None if found is None or first is None else found.values[first]
