"""Several scorecards in order: a later one may read the grade of an earlier one as indicator `grade.<pack>`.

Not here: how one scorecard scores (card.py).
"""

from collections.abc import Mapping, Sequence

from models.policy.loader import InForce
from models.scorecard.card import Limit, Scorecard, ScoredIndicator
from models.scorecard.fixed_point import MICRO
from models.scorecard.scored import Scored

PACK_IDS = ("credit", "risk")  # in the order of scoring
Part = ScoredIndicator | Limit


def cards_in_force(in_force: InForce) -> list[Scorecard]:
    """The scorecards of PACK_IDS as in force, in order. Raises PolicyError for one that does not hold together."""
    return [Scorecard.from_policy(in_force, pack_id) for pack_id in PACK_IDS]


def grade_indicator(pack_id: str) -> str:
    """Indicator that holds the number of an entity's grade of a pack (1 is the best), as it is without texts.

    Without texts, so that a text is heard once: in the pack that reads it, where its influence is held to one grade.
    """
    return f"grade.{pack_id}"


def numbered_parts(cards: Sequence[Scorecard]) -> list[tuple[int, Scorecard, Part]]:
    """Every part of every scorecard with its number: the indicators of a scorecard, then its limited groups."""
    numbered: list[tuple[int, Scorecard, Part]] = []
    for card in cards:
        parts: tuple[Part, ...] = (*card.indicators, *card.limits)
        numbered += [(len(numbered) + place, card, part) for place, part in enumerate(parts)]
    return numbered


def score_in_order(cards: Sequence[Scorecard], values: Mapping[str, int | None]) -> dict[str, Scored]:
    """Score one entity on every card, by pack id; values in micro-units."""
    known, scored = dict(values), {}
    for card in cards:
        scored[card.pack_id] = card.score(known)
        known[grade_indicator(card.pack_id)] = card.number(scored[card.pack_id].grade_without_text) * MICRO
    return scored
