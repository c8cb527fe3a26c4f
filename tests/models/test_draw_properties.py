"""What must hold of every draw: exact size, subset, order-free, stable when an entity drops out, shared tickets.

Not here: test vectors (test_draw_protocol.py), sizes that differ (test_draw_pps.py), teams, bundles.
"""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sampling import verify
from models.sampling.draw import PPM, StratumDraw, draw, draw_stratum, stratum_size
from models.sampling.frozen import Stratum, Task
from models.sampling.protocol import below, commitment, framed, leaf, proof, root, root_by_proof, seed, tickets
from tests.models import plans

CODES = st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=40)
RATIOS = st.integers(0, PPM)


def drawn_of(codes: set[str] | list[str], ratio: int) -> StratumDraw:
    stratum = Stratum("S", "T", "equal", len(codes), stratum_size(len(codes), ratio), ratio)
    return draw_stratum(plans.SEED, stratum, tickets(plans.SEED, "G", codes), dict.fromkeys(codes, 1))


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
    found = drawn_of(sorted(codes), ratio)
    size = stratum_size(len(codes), ratio)
    assert len(found.drawn) == size
    assert {row.entity_code for row in found.drawn + found.reserves} == codes
    assert {(row.numerator, row.denominator) for row in found.drawn} == {(size, len(codes))}
    keys = [(row.ticket, row.entity_code) for row in found.drawn + found.reserves]
    assert keys == sorted(keys)
    assert drawn_of(data.draw(st.permutations(sorted(codes))), ratio) == found


@given(codes=CODES, data=st.data())
def test_dropping_an_entity_never_reorders_the_others(codes: set[str], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(codes)))
    before = [row.entity_code for row in drawn_of(codes, PPM).drawn if row.entity_code != gone]
    if codes != {gone}:
        assert [row.entity_code for row in drawn_of(codes - {gone}, PPM).drawn] == before


@given(number=st.integers(1, 60), low=RATIOS, high=RATIOS)
def test_coordinated_tasks_overlap_as_much_as_their_ratios_allow(number: int, low: int, high: int) -> None:
    """Over the same entities, the shorter list of two coordinated tasks is the beginning of the longer one."""
    tasks = (Task("T1", "D1", ("i",), "G", ""), Task("T2", "D2", ("i",), "G", ""))
    frame: list[plans.Row] = [(task.task_id, f"E{n}", "S", 1, "") for task in tasks for n in range(number)]
    frozen = plans.plan(frame, {("T1", "S"): low, ("T2", "S"): high}, tasks)
    one, other = ([row.entity_code for row in found.drawn] for found in draw(frozen, plans.SEED))
    shorter, longer = sorted((one, other), key=len)
    assert longer[: len(shorter)] == shorter


def test_tasks_that_are_not_coordinated_have_tickets_of_their_own() -> None:
    assert tickets(plans.SEED, "G", ["E1"]) != tickets(plans.SEED, "H", ["E1"])


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_framing_tells_every_two_lists_apart(left: list[str], right: list[str]) -> None:
    assert (framed(left) == framed(right)) == (left == right)


@given(st.lists(st.text(max_size=3), min_size=1, max_size=20), st.data())
def test_a_proof_leads_to_the_root_from_its_own_leaf_only(fields: list[str], data: st.DataObject) -> None:
    leaves = [leaf((field, str(place))) for place, field in enumerate(fields)]
    place = data.draw(st.integers(0, len(leaves) - 1))
    path = proof(leaves, place)
    assert root_by_proof(leaves[place], path) == root(leaves) == verify.merkle_root(leaves)
    assert root_by_proof(leaf(("another",)), path) != root(leaves)


def test_the_root_of_nothing_is_that_of_the_verifier() -> None:
    assert root([]) == verify.merkle_root([])


VALUES = st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=4), min_size=2, max_size=5)


@given(values=VALUES, data=st.data())
def test_seed_depends_on_every_value_and_whose_it_is_not_on_who_came_first(
    values: dict[str, str], data: st.DataObject
) -> None:
    reveals = [(party, "salt", value) for party, value in values.items()]
    made = seed("a", "k", reveals)
    assert seed("a", "k", data.draw(st.permutations(reveals))) == made
    assert made not in (seed("b", "k", reveals), seed("a", "l", reveals))
    changed = data.draw(st.integers(0, len(reveals) - 1))
    other = [(p, s, v + "x") if n == changed else (p, s, v) for n, (p, s, v) in enumerate(reveals)]
    assert seed("a", "k", other) != made


def test_a_seed_of_one_party_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least two parties"):
        seed("a", "k", [("one", "s", "v")])


def test_a_commitment_is_bound_to_plan_round_and_party() -> None:
    own = commitment("P", 1, "甲", "s", "v")
    assert own != commitment("Q", 1, "甲", "s", "v") != commitment("P", 2, "甲", "s", "v")
    assert own != commitment("P", 1, "乙", "s", "v")


@given(st.integers(1, 50), st.integers(0, 10**6))
def test_numbers_below_a_bound_are_those_of_the_verifier(bound: int, number: int) -> None:
    assert 0 <= below(bound, ["a", str(number)]) == verify.below(bound, "a", str(number)) < bound


def test_hashes_that_would_favour_small_numbers_are_passed_over() -> None:
    """With a bound just above half of all hashes, every second one is passed over; both programs take the same next."""
    bound = 2**255 + 1
    counters = [below(bound, ["a", str(n)]) for n in range(40)]
    assert counters == [verify.below(bound, "a", str(n)) for n in range(40)]
    first = [int(verify.hashed("a", str(n), "0"), 16) for n in range(40)]
    assert 5 < sum(number >= bound for number in first) < 35
    assert all(found == number for found, number in zip(counters, first, strict=True) if number < bound)
