"""What must hold of every scorecard in force, whatever its numbers.

Not here: single outcomes (tests/cases).
"""

from datetime import date
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.policy import Policy
from models.scorecard.card import Scorecard
from models.scorecard.fixed_point import MICRO, half_even
from models.scorecard.indicator import registry

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
    for part in scored.contributions:
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
    if scorecard.scale.direction == "higher_is_better":
        assert bad.score_micro <= good.score_micro
    else:
        assert bad.score_micro >= good.score_micro
    assert scorecard.scale.number(bad.grade) >= scorecard.scale.number(good.grade)


@pytest.mark.parametrize("pack_id", PACKS)
@given(value=MICRO_VALUES)
def test_missing_is_never_better_than_the_best_known_value(pack_id: str, value: int) -> None:
    scorecard = card(pack_id)
    sign = 1 if scorecard.scale.direction == "higher_is_better" else -1
    for part in scorecard.indicators:
        best = max(sign * part.contribution(known).points_micro for known in (0, value, 10**12))
        assert sign * part.missing_points_micro <= best, part.indicator_id


@pytest.mark.parametrize("pack_id", PACKS)
@given(score=st.integers(0, 100 * MICRO))
def test_cuts_give_every_score_exactly_one_grade(pack_id: str, score: int) -> None:
    scale = card(pack_id).scale
    holding = [
        cut for cut in scale.cuts if cut.lower_micro <= score and (cut.upper_micro is None or score < cut.upper_micro)
    ]
    assert [cut.grade_no for cut in holding] == [scale.grade_no(score)]
    assert [cut.grade_no for cut in scale.cuts] == [1, 2, 3, 4]


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
    assert abs(scorecard.scale.number(scored.grade) - scorecard.scale.number(silent.grade)) <= 1


@pytest.mark.parametrize("pack_id", PACKS)
@given(values=VALUES)
def test_vetoes_only_hold_down(pack_id: str, values: dict[str, int | None]) -> None:
    scorecard = card(pack_id)
    scored = scorecard.score(values)
    number = scorecard.scale.number(scored.grade)
    assert all(number >= veto.worst_grade_no and veto.reason and veto.basis for veto in scored.vetoes)


@given(values=VALUES, foreign=st.integers(0, 10**9))
def test_values_of_other_scorecards_do_not_matter(values: dict[str, int | None], foreign: int) -> None:
    assert card("credit").score(values) == card("credit").score(values | {"stranger.count": foreign})


def test_a_negative_value_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"penalty\.count"):
        card("credit").score({"penalty.count": -1})
