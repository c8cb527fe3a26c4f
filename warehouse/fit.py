"""A risk scorecard fitted to past inspections: the steps from what was observed to the pack and its card.

Each step stands where its name says in models.evidence; files are written by pipelines.fit_report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from models.evidence import fitted, model_card
from models.evidence.selection import Asked, fit_model, select
from models.policy.loader import InForce
from models.scorecard.indicator import registry, themes
from warehouse import fit_sample

PACK_ID = "risk"
_CONVENTIONS = "evidence.fit"


@dataclass(frozen=True)
class Fitted:
    """A pack as written in its policy file, and its card."""

    pack: dict[str, Any]
    card: dict[str, Any]


def fit_scorecard(
    months: Sequence[pl.DataFrame],
    register: pl.DataFrame,
    in_force: InForce,
    rounds: int,
    seed: int,
    told: Mapping[str, Any],
) -> Fitted:
    """Fit a scorecard to months of inspections, each with the values known at the end of the month before.

    `register` holds the values of every graded entity at the last of these days: what drift is told against.
    `told` stands on the card as it is.

    Raises:
        BacktestError: too few inspections to learn from.
        ValueError: too few months, or nothing predicts later months better than chance.
    """
    asked = conventions(in_force)
    registered, theme_of = registry(in_force), themes(in_force)
    least_found = in_force.value(_CONVENTIONS)["least_found"] * asked.most_indicators
    rows, kind = fit_sample.fit_for_learning(months, least_found)
    material = fit_sample.material(rows, registered)
    selected = select(material, asked)
    model = fit_model(material, selected.chosen, asked)
    group_of = {
        name: theme_of[theme].level_id if (theme := registered[name].theme) else "other" for name in selected.chosen
    }
    titles = {theme.level_id: theme.level_title for theme in theme_of.values()} | {"other": "其他"}
    points = fitted.placed(model, group_of)
    scored = fitted.scores(points, material.values)
    cuts = fitted.cuts(scored, asked.grade_shares)
    pack = fitted.pack(points, titles, cuts, in_force.value(f"scorecard.{PACK_ID}"))
    held = selected.held_out.score  # of the later months, which stand last in the rows as in the blocks
    within = fit_sample.within_inspector(rows.tail(len(held)), held)
    card = model_card.card(selected, model, points, within, asked, rounds, seed) | {
        "pack": PACK_ID,
        "learnt_from": kind,
        "inspections": rows.height,
        "found": int(rows["found"].sum()),
        "entities": rows["entity_id"].n_unique(),
        "tried": sorted(material.values),
        "ceiling_auc": model_card.ceiling(material, asked),
        "reference": model_card.reference(fitted.scores(points, fit_sample.values_of(register, list(points)))),
        "cuts": [float(cut) for cut in cuts],
        "names": {name: registered[name].name for name in material.values},
        "policy_version": in_force.version,
        **told,
    }
    return Fitted(pack, card)


def conventions(in_force: InForce) -> Asked:
    """The conventions of a fit as in force; how the numbers stand there is in policy/evidence/fit.yaml."""
    value = in_force.value(_CONVENTIONS)
    return Asked(
        most_indicators=value["most_indicators"],
        most_bins=value["most_bins"],
        least_share=float(value["least_share"]),
        penalty=float(value["penalty"]),
        least_gain=float(value["least_gain"]),
        first_share=float(value["first_share"]),
        blocks=value["blocks"],
        grade_shares=tuple(float(share) for share in value["grade_shares"]),
    )
