"""What must hold of every scorecard in force, whatever its numbers.

Not here: single outcomes (tests/cases).
"""

import random
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.policy import Policy
from models.scorecard.card import Scorecard
from models.scorecard.fixed_point import MICRO, half_even
from models.scorecard.grade_scale import GradeScale
from models.scorecard.indicator import registry
from models.scorecard.packs import score_in_order
from models.scorecard.panel import MISSING, score_panel

IN_FORCE = Policy.load().at(date(2026, 11, 20))
PACKS = ("credit", "risk")
INDICATORS = registry(IN_FORCE)
# a tenth of the values hit thresholds exactly: small whole numbers, where brackets begin
MICRO_VALUES = st.one_of(st.integers(0, 12).map(lambda n: n * MICRO), st.integers(0, 3 * MICRO), st.integers(0, 10**12))
VALUES = st.dictionaries(st.sampled_from(sorted(INDICATORS)), st.none() | MICRO_VALUES)


@cache
def card(pack_id: str) -> Scorecard:
    return Scorecard.from_policy(IN_FORCE, pack_id)


@pytest.mark.parametrize("pack_id", PACKS)
@given(values=VALUES)
def test_contributions_sum_to_the_score_within_0_and_100(pack_id: str, values: dict[str, int | None]) -> None:
    scored = card(pack_id).score(values)
    assert scored.score_micro == sum(part.contribution_micro for part in scored.contributions)
    assert 0 <= scored.score_micro <= 100 * MICRO
    for part in scored.contributions[: len(card(pack_id).indicators)]:
        assert part.contribution_micro == half_even(part.weight_micro * part.points_micro)
    assert sum(part.weight_micro for part in scored.contributions) == MICRO


@pytest.mark.parametrize("pack_id", PACKS)
@given(values=VALUES, indicator_id=st.sampled_from(sorted(INDICATORS)), pair=st.tuples(MICRO_VALUES, MICRO_VALUES))
def test_worse_never_scores_or_grades_better(
    pack_id: str, values: dict[str, int | None], indicator_id: str, pair: tuple[int, int]
) -> None:
    assume(pair[0] != pair[1])
    rising = INDICATORS[indicator_id].direction == "higher_is_worse"
    better, worse = sorted(pair, reverse=not rising)
    scorecard = card(pack_id)
    good, bad = (scorecard.score(values | {indicator_id: value}) for value in (better, worse))
    if scorecard.direction == "higher_is_better":
        assert bad.score_micro <= good.score_micro
    else:
        assert bad.score_micro >= good.score_micro
    assert scorecard.number(bad.grade) >= scorecard.number(good.grade)


@pytest.mark.parametrize("pack_id", PACKS)
@given(value=MICRO_VALUES)
def test_missing_is_never_better_than_the_best_known_value(pack_id: str, value: int) -> None:
    scorecard = card(pack_id)
    sign = 1 if scorecard.direction == "higher_is_better" else -1
    for part in scorecard.indicators:
        best = max(sign * part.contribution(known).points_micro for known in (0, value, 10**12))
        assert sign * part.missing_points_micro <= best, part.indicator_id


def scales(scorecard: Scorecard) -> list[GradeScale]:
    """The cuts of the score, or of both axes of the matrix."""
    rule = scorecard.rule
    return [rule] if isinstance(rule, GradeScale) else [rule.row.scale, rule.column.scale]


@pytest.mark.parametrize("pack_id", PACKS)
@given(score=st.integers(0, 100 * MICRO))
def test_cuts_give_every_sum_exactly_one_level(pack_id: str, score: int) -> None:
    for scale in scales(card(pack_id)):
        holding = [
            cut
            for cut in scale.cuts
            if cut.lower_micro <= score and (cut.upper_micro is None or score < cut.upper_micro)
        ]
        assert [cut.grade_no for cut in holding] == [scale.grade_no(score)]
        assert [cut.grade_no for cut in scale.cuts] == list(range(1, len(scale.cuts) + 1))


@pytest.mark.parametrize("pack_id", PACKS)
@given(value=MICRO_VALUES)
def test_segments_give_every_value_exactly_one_place(pack_id: str, value: int) -> None:
    for part in card(pack_id).indicators:
        assert sum(segment.holds(value) for segment in part.segments) == 1, part.indicator_id


@pytest.mark.parametrize("pack_id", PACKS)
@given(values=VALUES)
def test_texts_alone_move_at_most_one_grade(pack_id: str, values: dict[str, int | None]) -> None:
    scorecard = card(pack_id)
    scored = scorecard.score(values)
    texts = {part.indicator_id for part in scorecard.indicators if part.is_text}
    assert texts
    silent = scorecard.score({name: value for name, value in values.items() if name not in texts})
    assert silent.grade == silent.grade_without_text == scored.grade_without_text
    assert abs(scorecard.number(scored.grade) - scorecard.number(silent.grade)) <= 1


@pytest.mark.parametrize("pack_id", PACKS)
@given(values=VALUES)
def test_vetoes_only_hold_down(pack_id: str, values: dict[str, int | None]) -> None:
    scorecard = card(pack_id)
    scored = scorecard.score(values)
    number = scorecard.number(scored.grade)
    assert all(number >= veto.worst_grade_no and veto.reason and veto.basis for veto in scored.vetoes)


@given(values=VALUES, foreign=st.integers(0, 10**9))
def test_values_of_other_scorecards_do_not_matter(values: dict[str, int | None], foreign: int) -> None:
    assert card("credit").score(values) == card("credit").score(values | {"stranger.count": foreign})


PEOPLE = st.lists(VALUES, min_size=1, max_size=12)


@given(people=PEOPLE)
def test_many_at_once_score_as_one_by_one_to_the_last_digit(people: list[dict[str, int | None]]) -> None:
    """The arrays of panel.py against card.py: points, contributions, scores, grades and vetoes of both packs."""
    cards = [card(pack_id) for pack_id in PACKS]
    columns = {
        name: np.array([MISSING if (value := values.get(name)) is None else value for values in people])
        for name in INDICATORS
    }
    panel = score_panel(cards, columns, len(people))
    for place, values in enumerate(people):
        for pack_id, scored in score_in_order(cards, values).items():
            many, one = panel[pack_id], card(pack_id)
            assert many.score[place] == scored.score_micro
            assert one.name(int(many.grade_no[place])) == scored.grade
            assert one.name(int(many.grade_no_without_text[place])) == scored.grade_without_text
            told = [(part.points_micro, part.contribution_micro) for part in scored.contributions]
            assert [*zip(many.points[:, place].tolist(), many.contributions[:, place].tolist(), strict=True)] == told
            applying = [veto for n, veto in enumerate(one.vetoes) if int(many.vetoes[place]) >> n & 1]
            assert tuple(applying) == scored.vetoes


@given(people=PEOPLE, order=st.randoms(use_true_random=False))
def test_the_order_of_the_entities_does_not_matter(people: list[dict[str, int | None]], order: random.Random) -> None:
    cards = [card(pack_id) for pack_id in PACKS]
    shuffled = list(range(len(people)))
    order.shuffle(shuffled)

    def scores(rows: list[dict[str, int | None]]) -> list[int]:
        columns = {
            name: np.array([MISSING if row.get(name) is None else row[name] for row in rows]) for name in INDICATORS
        }
        return [int(score) for score in score_panel(cards, columns, len(rows))["risk"].score]

    straight = scores(people)
    assert scores([people[place] for place in shuffled]) == [straight[place] for place in shuffled]


@given(values=VALUES)
def test_risk_reads_the_credit_grade_without_texts(values: dict[str, int | None]) -> None:
    """So that a text is heard once: what texts do to credit cannot reach risk on another way."""
    cards = [card(pack_id) for pack_id in PACKS]
    silent = {name: value for name, value in values.items() if not INDICATORS[name].is_text}
    loud, quiet = score_in_order(cards, values), score_in_order(cards, silent)
    assert loud["risk"].grade_without_text == quiet["risk"].grade
    assert abs(card("risk").number(loud["risk"].grade) - card("risk").number(quiet["risk"].grade)) <= 1


def test_a_negative_value_is_an_error_among_many() -> None:
    with pytest.raises(ValueError, match=r"penalty\.count"):
        score_panel([card("credit")], {"penalty.count": np.array([0, -2])}, 2)


def test_a_negative_value_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"penalty\.count"):
        card("credit").score({"penalty.count": -1})
