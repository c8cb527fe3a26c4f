"""What must hold of every draw: exact size, subset, order-free, stable when an entity drops out.

Not here: test vectors (test_draw_protocol.py) and the verifier.
"""

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sampling.draw import PPM, draw_stratum, stratum_size
from models.sampling.protocol import digest, frame_root, framed, seed
from models.sampling.team import team

CODES = st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=40)
RATIOS = st.integers(0, PPM)
SEED = seed("root", ["a", "b"])


@given(population=st.integers(0, 10**7), ratio=RATIOS)
def test_size_is_the_ceiling_but_never_nobody(population: int, ratio: int) -> None:
    size = stratum_size(population, ratio)
    assert size == min(population, max(1, -((-ratio * population) // PPM)))
    assert (size >= 1) == (population >= 1)
    assert size * PPM >= ratio * population


def test_size_of_the_usual_ratios() -> None:
    assert [stratum_size(173_000, ppm) for ppm in (0, 10_000, 50_000, PPM)] == [1, 1730, ceil(173_000 * 0.05), 173_000]


@pytest.mark.parametrize("ratio", [-1, PPM + 1])
def test_an_impossible_ratio_is_an_error(ratio: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        stratum_size(10, ratio)


@given(codes=CODES, ratio=RATIOS, data=st.data())
def test_exact_size_whole_stratum_and_order_free(codes: set[str], ratio: int, data: st.DataObject) -> None:
    drawn = draw_stratum(SEED, "P", "S", sorted(codes), ratio)
    assert len(drawn.drawn) == stratum_size(len(codes), ratio)
    assert {row.entity_code for row in drawn.drawn + drawn.reserves} == codes
    assert len(drawn.ranked) == drawn.population == len(codes)
    assert [row.draw_order for row in drawn.ranked] == list(range(1, len(codes) + 1))
    assert draw_stratum(SEED, "P", "S", data.draw(st.permutations(sorted(codes))), ratio) == drawn


@given(codes=CODES, data=st.data())
def test_dropping_an_entity_never_reorders_the_others(codes: set[str], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(codes)))
    before = [row.entity_code for row in draw_stratum(SEED, "P", "S", codes, PPM).ranked if row.entity_code != gone]
    assert [row.entity_code for row in draw_stratum(SEED, "P", "S", codes - {gone}, PPM).ranked] == before


def test_a_code_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        draw_stratum(SEED, "P", "S", ["E1", "E1"], PPM)


def test_every_entity_is_drawn_about_equally_often() -> None:
    codes = [f"E{number}" for number in range(20)]
    rounds = 2000
    counts = Counter(
        row.entity_code
        for number in range(rounds)
        for row in draw_stratum(seed("root", [str(number)]), "P", "S", codes, 250_000).drawn
    )
    # 5 of 20: expected 500 each, standard deviation 19.4; five of them either way
    assert set(counts) == set(codes)
    assert all(403 <= count <= 597 for count in counts.values())


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_framing_tells_every_two_lists_apart(left: list[str], right: list[str]) -> None:
    assert (framed(left) == framed(right)) == (left == right)


@given(frame=st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=3), min_size=1), data=st.data())
def test_root_binds_every_code_and_its_stratum_but_no_order(frame: dict[str, str], data: st.DataObject) -> None:
    root = frame_root(frame)
    assert frame_root(dict(data.draw(st.permutations(list(frame.items()))))) == root
    changed = data.draw(st.sampled_from(sorted(frame)))
    assert frame_root(frame | {changed: frame[changed] + "x"}) != root
    if len(frame) > 1:
        assert frame_root({code: stratum for code, stratum in frame.items() if code != changed}) != root


def test_an_empty_frame_and_an_unshared_seed_are_errors() -> None:
    with pytest.raises(ValueError, match="empty frame"):
        frame_root({})
    with pytest.raises(ValueError, match="revealed"):
        seed("root", [])


@given(values=st.lists(st.text(max_size=4), min_size=1, max_size=5), data=st.data())
def test_seed_depends_on_the_values_not_on_who_came_first(values: list[str], data: st.DataObject) -> None:
    assert seed("r", data.draw(st.permutations(values))) == seed("r", values) != seed("s", values)
    assert seed("r", [*values, values[0]]) != seed("r", values)


@given(pool=st.sets(st.text(min_size=1, max_size=4), min_size=2, max_size=12), data=st.data())
def test_team_is_the_smallest_tickets_whatever_the_order(pool: set[str], data: st.DataObject) -> None:
    chosen = team(SEED, "P", "E1", data.draw(st.permutations(sorted(pool))), 2)
    tickets = sorted((digest(["mingcha-team-v1", SEED, "P", "E1", name]), name) for name in pool)
    assert chosen == tuple((name, ticket) for ticket, name in tickets[:2])


def test_too_few_inspectors_is_an_error() -> None:
    with pytest.raises(ValueError, match="only 1 inspectors are eligible for E1"):
        team(SEED, "P", "E1", ["I1", "I1"], 2)
