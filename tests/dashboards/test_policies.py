"""The page of the rules: in force on a day, searched, cited, used by whom, and what differs between days and versions."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dashboards import data, labels, policy_data
from dashboards.door import Door
from dashboards.pages import policies as page
from models.policy import casework, indicator_rules, reporting, visit_rules
from models.policy import tables as policy_tables
from models.policy.loader import InForce, Policy
from tests.dashboards.snapshot import AS_OF, publish
from tests.dashboards.test_app import body, written
from warehouse.home import Home
from warehouse.parameters import MADE_FROM, POLICY_TABLES
from warehouse.serving import ServingReader

PERIOD = "repair.publicity_period"
_PLAIN = st.none() | st.booleans() | st.integers(0, 9) | st.text("ab", max_size=2)
VALUES = st.recursive(
    _PLAIN, lambda one: st.dictionaries(st.sampled_from("xyz"), one, max_size=3) | st.lists(_PLAIN, max_size=3)
)


def test_every_rule_in_force_is_listed_and_no_other(home: Path) -> None:
    found = policy_data.rules(Door.open(home))
    assert set(found) == set(Policy.load().files)
    assert {rule.group for rule in found.values()} == set(labels.POLICY_GROUP)
    in_force = [rule for rule in found.values() if rule.at(AS_OF)]
    assert f"{len(in_force)} 条" in written(body(home, "/policies"))
    early = [rule for rule in found.values() if rule.at(date(2019, 12, 31))]
    assert len(early) < len(in_force)
    assert f"{len(early)} 条" in written(body(home, "/policies?day=2019-12-31"))


def test_a_day_before_every_rule_says_so(home: Path) -> None:
    assert "这一天没有符合条件的规则" in written(body(home, "/policies?day=1999-01-01"))
    assert written(body(home, "/policies?day=nonsense")) == written(body(home, "/policies"))


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("keyword=visit_cap", "sampling.visit_cap", "text.drift"),
        ("keyword=国办发〔2024〕54号", "sampling.visit_cap", "text.drift"),
        ("group=text", "text.drift", "sampling.visit_cap"),
    ],
)
def test_rules_are_found_by_name_source_and_group(home: Path, asked: str, there: str, not_there: str) -> None:
    said = written(body(home, f"/policies?{asked}"))
    assert there in said
    assert not_there not in said


def test_a_rule_tells_its_value_source_users_and_versions(home: Path) -> None:
    said = written(body(home, f"/policies?rule={PERIOD}"))
    for told in (
        "信用修复管理办法",
        "国家发展和改革委员会",
        "轻微不公示或不超过三个月",
        "2021-09-01 至 2026-03-31",
        "3 个",
    ):
        assert told in said, told
    assert "无公开规定" in said  # a part of it is the office's own


def test_two_days_differ_in_what_changed_between_them(home: Path) -> None:
    said = written(body(home, "/policies?day=2026-04-01&before=2026-03-31&keyword=none"))
    assert "1 条不同" in said
    assert PERIOD in said
    assert "两天的规则完全相同" in written(body(home, "/policies?day=2026-04-02&before=2026-04-01"))


def test_uses_name_indicators_metrics_and_modules(home: Path) -> None:
    door = Door.open(home)
    assert policy_data.uses(door, "casework.decision_terms").modules == ("models/casework/decision_terms.py",)
    assert policy_data.uses(door, "scorecard.credit").indicators
    assert policy_data.uses(door, "indicator.profile").indicators
    unused = policy_data.uses(door, "nobody.reads")
    assert (unused.indicators, unused.tables, dict(unused.metrics), unused.modules) == ((), (), {}, ())


@pytest.mark.parametrize("day", ["2026-03-31", "2026-04-01", "1999-01-01"])
def test_pages_read_the_version_in_force_on_the_as_of_day(tmp_path: Path, day: str) -> None:
    """Also on its last day, which is one of its own."""
    publish(tmp_path)
    with duckdb.connect(str(Home(tmp_path).serving / ServingReader(tmp_path).current())) as connection:
        connection.execute("update run.info set as_of = ?", [day])
    door = Door.open(tmp_path)
    version = policy_data.rules(door)[PERIOD].at(date.fromisoformat(day))
    assert data.rules_in_force(door, PERIOD) == ({PERIOD: version.value} if version else {})


@pytest.mark.parametrize("module", [casework, reporting, visit_rules, indicator_rules, policy_tables])
def test_what_makes_a_table_is_declared_as_it_is(module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules that are read while the tables are made are those that are declared: none is missing, none is stale."""
    declared = dict(module.MADE_FROM)  # type: ignore[attr-defined]
    assert set(declared) == set(module.TABLES) - {"value", "basis"}  # type: ignore[attr-defined]
    asked: set[str] = set()
    value = InForce.value

    def traced(self: InForce, policy_id: str) -> object:
        asked.add(policy_id)
        return value(self, policy_id)

    monkeypatch.setattr(InForce, "value", traced)
    policy = Policy.load()
    if module in (visit_rules, indicator_rules):
        module.tables(policy.at(AS_OF))  # type: ignore[attr-defined]
        asked |= {PERIOD} if module is indicator_rules else set()  # read with its past, not by `value`
    else:
        module.tables(AS_OF, policy)  # type: ignore[attr-defined]
    told = {rule for ids in declared.values() for rule in ids}
    folders = {rule.partition(".")[0] for rule in told if rule.endswith(".*")}
    assert {rule for rule in asked if rule.partition(".")[0] not in folders} <= told
    assert {rule for rule in told if not rule.endswith(".*")} <= asked | {PERIOD}
    assert folders <= {rule.partition(".")[0] for rule in asked}


def test_every_table_of_rules_says_what_makes_it() -> None:
    assert set(MADE_FROM) == set(POLICY_TABLES) - {"value", "basis"}


@given(before=VALUES, after=VALUES)
def test_differences_are_exactly_the_parts_that_differ(before: object, after: object) -> None:
    told = policy_data.differences(before, after)
    old, new = ({} if value is None else policy_data.parts(value) for value in (before, after))
    assert {path for path, _, _ in told} == {path for path in {*old, *new} if old.get(path) != new.get(path)}
    assert policy_data.differences(after, before) == [
        (path, b, a) for path, a, b in sorted(told, key=lambda one: [*new, *old].index(one[0]))
    ]
    assert policy_data.differences(before, before) == []


def test_lists_in_lists_stay_apart() -> None:
    names = {"brackets": "分档", "sum": "合计"}
    assert page.text({"brackets": [[0, 100], [1, 0]], "on": {"sum": True}, "sum": 100000}, names) == (
        "分档 （0、100）（1、0）；on › 合计 是；合计 100,000"
    )


def test_every_part_of_every_rule_has_a_name_and_no_name_is_left_over(home: Path) -> None:
    """But for numbers, letters, ids and versions."""
    door = Door.open(home)
    found = policy_data.rules(door)
    names = policy_data.part_names(door, found)
    parts = [
        (place, value)
        for rule in found.values()
        for one in rule.versions
        for place, value in policy_data.parts(one.value).items()
    ]
    keys = {key for place, _ in parts for key in place}
    assert {key for key in keys if (key.isascii() and key.isidentifier()) or "." in key} - set(names) == set()
    flat = [one for _, value in parts for one in (value if isinstance(value, list) else [value])]
    values = {
        value for value in flat if isinstance(value, str) and re.fullmatch(r"[a-z_][a-z_0-9]{2,}(\.[a-z_]+)*", value)
    }
    values -= set(labels.STAGE)
    assert {value for value in values if policy_data.said(value, names) == value} == set()
    spoken = keys | {part for value in values for part in (value, *value.split("."))}
    assert set(yaml.safe_load(policy_data.PART_NAMES.read_text(encoding="utf-8"))) - spoken == set()
