"""Events: like texts of a district and subject come together, in any order of the past; heat only rises with its parts.

Not here: texts read from a warehouse (tests/warehouse/test_topics.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.loader import Policy
from models.text import terms as terms_module
from models.text.alike import NONE
from models.text.events import Rule, Texts, become, gathered
from models.text.heat import HeatRule, growth, heat
from models.text.label import Told
from models.text.terms import SIZE, rarity, terms

POLICY = Policy.load().at(date(2026, 10, 31))
RULE = Rule.of(POLICY.value("text.topic"))
HEAT = HeatRule.of(POLICY.value("text.heat"))
WATER = ["安和巷停水两天了没人管", "安和巷又停水了没有通知", "安和巷停水什么时候恢复", "昨晚安和巷停水到现在"]
NOISE = ["景文路工地半夜打桩太吵", "景文路工地凌晨还在打桩", "半夜景文路工地打桩睡不着"]
STRAY = ["今天的凉皮很好吃", "想问问少儿书法班几点上课"]
SEEN = np.zeros(SIZE, dtype=np.int64)
counts = st.integers(0, 10**12)


@given(st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from("停水ａＢ１①㎡豈⼀，：/@ ")), max_size=4))
def test_terms_are_those_of_folded_texts(said: list[str]) -> None:
    given = pl.Series(said, dtype=pl.String)
    assert (terms(given) != terms(given.str.normalize("NFKC"))).nnz == 0


def texts(said: list[str], district: list[int] | None = None, subject: list[int] | None = None) -> Texts:
    unknown = [NONE] * len(said)
    codes = (np.array(known or unknown, dtype=np.int64) for known in (district, subject))
    return Texts.of(terms(pl.Series(said, dtype=pl.String)), *codes)


def events(said: list[str], **known: list[int]) -> list[int]:
    """Events of the texts of one day after nothing."""
    found, _ = gathered(RULE, texts(said, **known), np.zeros(0, dtype=np.int64), 0, SEEN, 1000)
    return found.tolist()


@pytest.mark.parametrize("at_a_time", [1, 2, 5])
def test_terms_of_a_text_do_not_depend_on_others(at_a_time: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said = pl.Series([*WATER, "", *NOISE, None, *STRAY], dtype=pl.String)
    whole = terms(said)
    monkeypatch.setattr(terms_module, "_PART", at_a_time)
    assert (terms(said) != whole).nnz == 0
    assert terms(said[:0]).shape == (0, SIZE)
    assert [terms(said[n : n + 1]).nnz for n in range(len(said))] == np.diff(whole.indptr).tolist()


def test_texts_of_one_matter_come_together_and_others_stay_apart() -> None:
    found = events(WATER + NOISE + STRAY)
    assert len(set(found[:4])) == 1
    assert len(set(found[4:7])) == 1
    assert len(set(found)) == 4


def test_an_event_keeps_to_its_district_and_its_subject() -> None:
    assert len(set(events(WATER[:2], district=[1, 2]))) == 2
    assert len(set(events(WATER[:2], district=[1, NONE]))) == len(set(events(WATER[:2], district=[NONE, 1]))) == 1
    assert len(set(events(WATER[:2], subject=[1, 2]))) == 2


@pytest.mark.parametrize(("before", "now"), [(1, 1), (1, 2), (1, NONE), (NONE, 1), (NONE, NONE)])
def test_an_event_goes_on_in_its_district_or_where_none_is_known(before: int, now: int) -> None:
    both = texts(WATER[:3], district=[before, before, now])
    found, _ = gathered(RULE, both, np.array([0, 0]), 2, SEEN, 1000)
    assert found.tolist() == ([2] if {before, now} == {1, 2} else [0])


@pytest.mark.parametrize(("kept_share", "event"), [(RULE.kept_share, 11), (0.0, 0)])
def test_a_text_joins_by_what_many_texts_of_an_event_share(kept_share: float, event: int) -> None:
    aside = "楼下花坛的月季今年开得特别好看"
    said = [*WATER, *WATER, WATER[0], *[f"{water}，{aside}" for water in WATER[:2]], aside]  # two of eleven say it
    rule = replace(RULE, kept_share=kept_share)
    assert gathered(rule, texts(said), np.zeros(11, dtype=np.int64), 11, SEEN, 1000)[0].tolist() == [event]


@given(st.permutations(range(7)))
def test_the_order_of_the_texts_before_does_not_matter(before: list[int]) -> None:
    said, event = WATER[:3] + NOISE + STRAY[:1], np.array([0, 0, 0, 3, 3, 3, 6])
    new = [WATER[3], STRAY[1]]
    plain, merged = gathered(RULE, texts(said + new), event, 7, SEEN, 1000)
    shuffled = gathered(RULE, texts([said[n] for n in before] + new), event[before], 7, SEEN, 1000)
    assert (shuffled[0].tolist(), shuffled[1]) == (plain.tolist(), merged)
    assert plain.tolist() == [0, 8]  # water goes on; the question about a class is an event of its own


@given(st.lists(st.sampled_from(WATER + NOISE + STRAY), max_size=12))
def test_a_text_joins_an_older_event_or_begins_one(said: list[str]) -> None:
    found = events(said)
    assert all(number <= row and found[number] == number for row, number in enumerate(found))


def test_two_events_that_turn_out_to_be_one_become_the_older() -> None:
    said, event = [WATER[0], WATER[1], WATER[0], WATER[2]], np.array([0, 0, 2, 2])
    found, merged = gathered(RULE, texts([*said, WATER[3], *STRAY]), event, 4, SEEN, 1000)
    assert (found.tolist(), merged) == ([0, 5, 6], {2: 0})
    assert gathered(RULE, texts([*said, *STRAY]), event, 4, SEEN, 1000)[1] == {2: 0}  # with no text of theirs too


def test_events_that_are_like_one_event_become_the_oldest_of_them() -> None:
    said, event = [WATER[0], WATER[1]] * 3, np.array([0, 0, 2, 2, 4, 4])
    assert gathered(RULE, texts([*said, WATER[2]]), event, 6, SEEN, 1000)[1] == {2: 0, 4: 0}


@given(st.lists(st.integers(0, 9)), st.dictionaries(st.integers(5, 9), st.integers(0, 4)))
def test_events_become_those_that_they_merged_into(event: list[int], merged: dict[int, int]) -> None:
    assert become(np.array(event, dtype=np.int64), merged).tolist() == [merged.get(one, one) for one in event]


@given(counts, counts, counts, st.floats(0, 1e6), st.sampled_from(range(4)), st.integers(1, 10**9))
def test_heat_never_falls_when_a_part_rises(
    people: int, said: int, engaged: int, rise: float, part: int, more: int
) -> None:
    before = heat(HEAT, people, said, engaged, rise)
    added = [more if n == part else 0 for n in range(4)]
    after = heat(HEAT, people + added[0], said + added[1], engaged + added[2], rise + added[3])
    assert before.heat <= after.heat <= 10_000


@given(st.lists(st.integers(0, 50), min_size=30, max_size=30), st.integers(0, 6))
def test_more_people_of_late_never_make_an_event_grow_less(by_age: list[int], age: int) -> None:
    more = [count + (1 if n == age else 0) for n, count in enumerate(by_age)]
    assert growth(HEAT, more) >= growth(HEAT, by_age) >= 0


def test_half_counts_after_the_half_life() -> None:
    assert [HEAT.decay_micro(age) for age in (0, HEAT.half_life_days)] == [1_000_000, 500_000]


def test_a_heat_whose_weights_do_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="add up to 90"):
        HeatRule.of(POLICY.value("text.heat") | {"weight": {"people": 90}})


def test_the_label_is_a_clause_that_the_texts_share() -> None:
    said = pl.Series(["真是的，安和巷又停水了", "唉，安和巷又停水了，谁管", "孩子没法洗澡，安和巷停水两天"])
    seen = np.bincount(terms(pl.Series(["真是的", "孩子没法洗澡"])).indices, minlength=SIZE) * 100
    event, weights = np.array([7, 7, 7]), rarity(seen, 1000, 0.01)
    assert Told.by(event, said, weights).labels(event, said) == {7: "安和巷又停水了"}


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([*WATER, *NOISE, *STRAY, "好", "", None])), min_size=1))
def test_the_label_of_an_event_does_not_depend_on_others(told: list[tuple[int, str | None]]) -> None:
    event = np.array([number for number, _ in told], dtype=np.int64)
    said, weights = pl.Series([text for _, text in told], dtype=pl.String), rarity(SEEN, 1000, 0.01)
    labels = Told.by(event, said, weights).labels(event, said)
    assert labels.keys() == set(event.tolist())
    for number, label in labels.items():
        own = said.filter(pl.Series(event == number))
        alone = np.zeros(len(own), dtype=np.int64)
        assert Told.by(alone, own, weights).labels(alone, own) == {0: label}
