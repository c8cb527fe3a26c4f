"""Lint of the law files: every value sourced, cited, small, and valid on every day on which something changes.

Not here: the loader's own rules.
"""

from datetime import date
from pathlib import Path

import pytest

from models.policy import Policy
from models.policy.loader import BUILT_IN
from models.policy.tables import TABLES, tables
from models.scorecard.card import Scorecard
from models.scorecard.indicator import NOT_REGISTERED, registry, themes

POLICY = Policy.load()
FIRST_DAYS = sorted({day for rule in POLICY.files.values() for day in rule.first_days})


@pytest.mark.parametrize("day", [*FIRST_DAYS, date(2011, 1, 1), date(2026, 11, 20)])
def test_tables_of_every_day_have_the_documented_columns(day: date) -> None:
    made = tables(day, POLICY)
    assert list(made) == list(TABLES)
    for name, rows in made.items():
        assert rows, name
        assert all(list(row) == list(TABLES[name]) for row in rows), name


def test_columns_that_must_be_known_are_never_null() -> None:
    nullable = {
        "lower_micro",
        "upper_micro",
        "valid_to",
        "below_employees",
        "last_day",
        "document_no",
        "in_force",
        "note",
        "no_data_zh",
    }
    nullable |= {"ends_after_months", "theme_id", "indicator_no", "catalogue_code"}
    for name, rows in tables(date(2026, 11, 20), POLICY).items():
        for row in rows:
            assert not {column for column, value in row.items() if value is None} - nullable, (name, row)


@pytest.mark.parametrize("policy_id", sorted(POLICY.files))
def test_every_value_rests_on_a_source_in_force_on_its_first_day(policy_id: str) -> None:
    rule = POLICY.files[policy_id]
    for first in rule.first_days:
        starts = [POLICY.basis[source].in_force for source in rule.basis]
        assert any(start is None or start <= first for start in starts), first


def test_every_registered_source_is_cited_somewhere() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in BUILT_IN.glob("*/*.yaml"))
    assert [basis_id for basis_id in POLICY.basis if basis_id not in text] == []


def test_law_files_stay_small() -> None:
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 60 for path in BUILT_IN.glob("**/*.yaml"))


def test_every_indicator_is_scored_or_a_candidate_and_catalogued_once() -> None:
    in_force = POLICY.at(date(2026, 11, 20))
    indicators = registry(in_force)
    scored = {
        part.indicator_id for pack in ("credit", "risk") for part in Scorecard.from_policy(in_force, pack).indicators
    }
    assert scored == {name for name, one in indicators.items() if not one.candidate}
    assert len(Scorecard.from_policy(in_force, "credit").indicators) >= 40
    codes = [indicator.catalogue_code for indicator in indicators.values()]
    assert len(set(codes)) == len(codes)
    assert {policy_id.partition(".")[2] for policy_id in in_force.kernel("indicator")} == {
        *(policy_id.partition(".")[2] for policy_id in NOT_REGISTERED),
        *(indicator_id.partition(".")[0] for indicator_id in indicators),
    }


def test_value_table_lists_past_and_future_and_closes_a_value_the_day_before_the_next(tmp_path: Path) -> None:
    (tmp_path / "sampling").mkdir()
    text = (BUILT_IN / "sampling/inspectors_per_visit.yaml").read_text(encoding="utf-8") + "  2027-03-01: 3\n"
    (tmp_path / "sampling/inspectors_per_visit.yaml").write_text(text, encoding="utf-8")
    rows = tables(date(2026, 11, 20), Policy.load(tmp_path))["value"]
    assert {row["policy_id"] for row in rows} == set(POLICY.files)
    spans = [
        (row["valid_from"], row["valid_to"], row["value_json"])
        for row in rows
        if row["policy_id"] == "sampling.inspectors_per_visit"
    ]
    assert spans == [(date(2010, 1, 1), date(2027, 2, 28), "2"), (date(2027, 3, 1), None, "3")]


def test_five_levels_and_twenty_five_themes_each_measured_or_said_to_have_no_data() -> None:
    in_force = POLICY.at(date(2026, 11, 20))
    found, indicators = themes(in_force), registry(in_force)
    assert len(found) == 25
    assert len({theme.level_id for theme in found.values()}) == 5
    credit = Scorecard.from_policy(in_force, "credit")
    for part in credit.indicators:
        theme = indicators[part.indicator_id].theme
        assert theme is not None, part.indicator_id
        assert part.group_id == found[theme].level_id, part.indicator_id
        assert part.group_zh == found[theme].level_title
    measured = {indicators[part.indicator_id].theme for part in credit.indicators}
    assert measured == {theme_id for theme_id, theme in found.items() if not theme.no_data}
