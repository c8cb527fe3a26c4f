"""Explanations against what they explain: parts sum, a regrade is the grade, what would help does help, history holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from models.policy.loader import BUILT_IN, Policy
from tests.warehouse import zone
from warehouse import decisions, explanation, grade_change, ledger, proposal, regrade
from warehouse.bench import Bench
from warehouse.home import Home
from warehouse.serving import ServingReader
from warehouse.state import State
from warehouse.whatif import PolicyDiffersError, what_if

POLICY = Policy.load()
IN_FORCE = POLICY.at(zone.LAST_DAY)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zone.delivered(tmp_path_factory.mktemp("zone"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Home:
    home = Home.at(tmp_path_factory.mktemp("home"))
    zone.publish(home, data, zone.LAST_DAY, "r1")
    ledger.keep(home)
    return home


@pytest.fixture
def reader(home: Home) -> Iterator[ServingReader]:
    opened = ServingReader(home.root)
    yield opened
    opened.close()


def graded(reader: ServingReader, where: str = "true") -> list[int]:
    asked = f"select entity_id from grade.grade where {where} order by entity_id"
    return [entity for (entity,) in reader.query(asked).rows()]


def test_parts_sum_to_the_score_and_records_are_those_that_count(reader: ServingReader) -> None:
    for entity in graded(reader)[::15]:
        told = explanation.explain(reader, entity)
        for pack, row in told.grades.items():
            parts = told.parts.filter(pl.col("pack_id") == pack)
            assert sum(parts["contribution"], Decimal(0)) == row["scorecard_score"]
        counted = told.parts.filter(pl.col("indicator_id") == "penalty.count")["indicator_value"].to_list()[0]
        assert told.events.filter(pl.col("family") == "penalty").height == (counted or 0)
        assert told.peers.filter(pl.col("pack_id") == "credit")["entity_count"].sum() >= 1
    with pytest.raises(ValueError, match="not in the published snapshot"):
        explanation.explain(reader, 1)


def test_a_regrade_under_the_same_policy_is_what_was_published(reader: ServingReader) -> None:
    assert regrade.regrade(reader, IN_FORCE).sort("entity_id").equals(ledger.graded(reader))


def test_a_proposal_moves_those_between_the_cuts_and_is_kept(home: Home, reader: ServingReader, tmp_path: Path) -> None:
    folder = tmp_path / "draft 2027"
    (folder / "scorecard").mkdir(parents=True)
    written = (BUILT_IN / "scorecard" / "credit.yaml").read_text(encoding="utf-8")
    cuts = IN_FORCE.value("scorecard.credit")["grades"]["cuts"]
    told = f"cuts: [{', '.join(map(str, cuts))}]"
    assert told in written
    (folder / "scorecard" / "credit.yaml").write_text(
        written.replace(told, f"cuts: [{', '.join(str(cut + 1) for cut in cuts)}]"), encoding="utf-8"
    )
    made, moved = proposal.compare(home, reader, folder)
    assert (made.name, made.rules, made.not_shown) == ("draft_2027", ["scorecard.credit"], [])
    credit = moved.filter(pl.col("pack_id") == "credit")
    assert credit.height > 0
    for score in credit["score_after"]:
        assert any(cut <= score < cut + 1 for cut in cuts), "only who stands between an old and a new cut moves"
    assert proposal.kept(home) == [made]
    assert proposal.moves(home, made).equals(moved)


def test_a_changed_window_is_said_to_be_beyond_a_regrade(tmp_path: Path) -> None:
    (tmp_path / "indicator").mkdir()
    text = (BUILT_IN / "indicator" / "window.yaml").read_text(encoding="utf-8")
    (tmp_path / "indicator" / "window.yaml").write_text(text.replace("complaint: 365", "complaint: 300"), "utf-8")
    rules = regrade.changed(POLICY, Policy.load(tmp_path), zone.LAST_DAY)
    assert rules == ["indicator.window"] == regrade.beyond(rules)


def test_the_bench_gives_the_published_values_of_everybody(reader: ServingReader) -> None:
    """What is held is the peers, kin and texts only; everything else comes out of an entity's own rows."""
    for entity in graded(reader)[::40]:
        with Bench(reader, entity) as bench:
            stored = reader.query(
                "select indicator_id, indicator_value from indicator.value where entity_id = ?", [entity]
            )
            values = bench.values(bench.as_of, [{}])
            assert {name: int(values[name][0]) for name in stored["indicator_id"]} == {
                name: int(value * 1_000_000) for name, value in stored.rows()
            }
            left = {n for n in bench.held if n.split(".")[0] not in _HELD and "peer" not in n and "rate" not in n}
            assert left <= {"profile.same_address_count"}, left


_HELD = {
    *("text", "relation", "complaint", "inspection", "tax_filing", "service_case"),
    *("kin", "near", "record", "season"),
}


def test_another_policy_is_no_answer(reader: ServingReader) -> None:
    with pytest.raises(PolicyDiffersError, match="--policy"):
        what_if(reader, graded(reader)[0], POLICY.at(date(2012, 1, 1)))


def test_what_is_said_to_help_helps_and_nothing_less_does(home: Home, data: Path, reader: ServingReader) -> None:
    """The acts of a remedy, entered as decisions, lead a real refresh of the day to the promised grade."""
    found = []
    for entity in graded(reader, "credit_grade in ('C', 'D')"):
        changes = [one for one in what_if(reader, entity, IN_FORCE).changes if one.pack_id == "credit" and one.by_acts]
        repairs = [one for one in changes if one.by_acts and one.by_acts.act_ids and "annual" not in str(one.by_acts)]
        found += [(entity, one) for one in repairs if (one.by_acts and one.by_acts.day == zone.LAST_DAY)]
        if len(found) == 3:
            break
    assert found, "the zone has an entity that repairs can help today"
    state = State(home.state, lambda: datetime.combine(zone.LAST_DAY, datetime.min.time(), UTC))
    for entity, change in found:
        assert change.by_acts is not None
        for act in change.by_acts.act_ids:
            kind, _, record = act.partition(":")
            about = {"record_kind": kind, "record_id": record}
            decisions.record(state, "repair", entity, "甲", "决定", zone.LAST_DAY, about=about)
    day = {"pack_id": "risk", "grade": "Ⅰ"}
    decisions.record(state, "override", found[0][0], "科长", "纪要", zone.LAST_DAY, zone.LAST_DAY, day)
    before = ledger.graded(reader)
    zone.publish(home, data, zone.LAST_DAY, "r2")
    for entity, change in found:
        told = explanation.explain(reader, entity)
        assert told.grades["credit"]["scorecard_grade"] == change.better_grade
    told = explanation.explain(reader, found[0][0])
    assert (told.grades["risk"]["decided_grade"], told.grades["credit"]["decided_grade"]) == ("Ⅰ", None)
    computed = before.filter(pl.col("entity_id") == found[0][0])["risk_grade"].item()
    assert told.grades["risk"]["scorecard_grade"] == computed, "a grade set by a person leaves the computed one alone"
    moved = grade_change.moves(before, ledger.graded(reader)).filter(pl.col("pack_id") == "credit")
    assert {entity for entity, _ in found} <= set(moved["entity_id"])


@pytest.mark.slow
def test_a_past_day_is_graded_again_bit_for_bit(home: Home, data: Path, tmp_path: Path) -> None:
    """Another home that never saw a later day, and this one that did, give the same grades of an earlier day."""
    earlier = zone.LAST_DAY - timedelta(days=60)
    zone.publish(home, data, earlier, "r3")
    other = Home.at(tmp_path / "other")
    zone.publish(other, data, earlier, "s1")
    mine, theirs = (ledger.graded(ServingReader(where.root)) for where in (home, other))
    assert mine.equals(theirs)
