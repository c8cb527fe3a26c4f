"""Rules are dated, cited, never overwritten, and the version changes exactly when a value in force changes.

Not here: what the values mean.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.policy import Policy, PolicyError
from models.policy.loader import canonical_json

TODAY = date(2026, 11, 20)
TEAM = "id: sampling.inspectors_per_visit\ntitle: 人数\nunit: 人\nbasis: [local-default]\nvalues:\n"


def overlay(tmp_path: Path, values: str) -> Path:
    (tmp_path / "sampling").mkdir()
    (tmp_path / "sampling/inspectors_per_visit.yaml").write_text(TEAM + values, encoding="utf-8")
    return tmp_path


def test_a_value_holds_until_the_day_before_the_next(tmp_path: Path) -> None:
    policy = Policy.load(overlay(tmp_path, "  2020-01-01: 2\n  2027-01-01: 3\n"))
    values = [policy.at(day).value("sampling.inspectors_per_visit") for day in (date(2020, 1, 1), date(2026, 12, 31))]
    assert values == [2, 2]
    assert policy.at(date(2027, 1, 1)).value("sampling.inspectors_per_visit") == 3


def test_a_day_before_the_first_value_names_file_id_and_first_day(tmp_path: Path) -> None:
    policy = Policy.load(overlay(tmp_path, "  2020-01-01: 2\n"))
    with pytest.raises(PolicyError) as error:
        policy.at(date(2019, 12, 31)).value("sampling.inspectors_per_visit")
    for part in ("inspectors_per_visit.yaml", "sampling.inspectors_per_visit", "2019-12-31", "2020-01-01"):
        assert part in str(error.value)


def test_version_depends_on_what_is_in_force_and_nothing_else(tmp_path: Path) -> None:
    built_in = Policy.load()
    changed = Policy.load(overlay(tmp_path, "  2010-01-01: 2.0\n  2027-01-01: 3\n"))
    assert changed.version(TODAY) == built_in.version(TODAY)  # 2 and 2.0 are the same rule; 2027 is not in force yet
    assert changed.version(date(2027, 1, 1)) != built_in.version(date(2027, 1, 1))
    assert len(built_in.version(TODAY)) == 16


def test_version_of_a_day_without_any_rule_is_an_error() -> None:
    with pytest.raises(PolicyError, match="2010-01-01"):
        Policy.load().version(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TEAM + "  2020-01-01: 2\n  2020-01-01: 3\n", "2020-01-01 is written twice"),
        (TEAM.replace("local-default", "no-such-law") + "  2020-01-01: 2\n", "no-such-law"),
        (TEAM.replace("inspectors_per", "people_per") + "  2020-01-01: 2\n", "rename"),
        (TEAM, "values"),
        (TEAM + "  soon: 2\n", "soon"),
        (TEAM + "  2020-01-01: 2\nnote: x\n", "note"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, complaint: str) -> None:
    folder = overlay(tmp_path, "")
    (folder / "sampling/inspectors_per_visit.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"inspectors_per_visit\.yaml") as error:
        Policy.load(folder)
    assert complaint in str(error.value)


def test_an_overlay_may_bring_its_own_sources(tmp_path: Path) -> None:
    folder = overlay(tmp_path, "")
    text = TEAM.replace("local-default", "zone-2026") + "  2020-01-01: 2\n"
    (folder / "sampling/inspectors_per_visit.yaml").write_text(text, encoding="utf-8")
    (folder / "basis.yaml").write_text("zone-2026: {title: 高新区规定, issuer: 管委会}\n", encoding="utf-8")
    assert Policy.load(folder).cite(["zone-2026"], "test") == "高新区规定"


def test_a_missing_overlay_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="does not exist"):
        Policy.load(tmp_path / "absent")


def test_decimals_stay_exact() -> None:
    ratios = Policy.load().at(TODAY).value("sampling.ratio_by_credit_risk")
    assert ratios["A"]["Ⅰ"] == Decimal("0.01")
    assert canonical_json({"b": Decimal("0.050"), "a": [Decimal("1.00"), date(2026, 1, 2)]}) == (
        '{"a":[1,"2026-01-02"],"b":0.05}'
    )


def test_an_unknown_rule_lists_the_known_ones() -> None:
    with pytest.raises(PolicyError, match=r"scorecard\.credit"):
        Policy.load().at(TODAY).value("scorecard.beauty")
