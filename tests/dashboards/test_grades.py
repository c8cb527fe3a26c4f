"""The pages about grades: changes between days and under proposals, decisions, and the explanation of one entity."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboards import data, grade_data, letter, router
from dashboards.door import Door
from models.access.viewer import Viewer
from models.scorecard.remedy import Remedy
from tests.dashboards.snapshot import entity_id, publish
from tests.dashboards.test_app import body, written
from warehouse import decisions, grade_change, ledger, proposal
from warehouse.home import Home
from warehouse.state import State
from warehouse.whatif import Change, WhatIf

NOT_SHOWN = "（不显示：个体工商户住所）"
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def graded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two published days, a proposal and decisions of three kinds."""
    root = tmp_path_factory.mktemp("graded")
    home = Home.at(root)
    publish(root)
    first = ledger.keep(home)
    assert first is not None
    frame = ledger.read(home, first)
    ids = frame["entity_id"].to_list()
    earlier = frame.with_columns(credit_grade=frame["credit_grade"].replace({"A": "B"}))
    ledger.store(home.ledger / "earlier.parquet", earlier)
    told = {"run_id": "r0", "as_of": "2026-10-31", "file": "earlier.parquet", "rows": earlier.height}
    ledger.append(home, told | {"sha256": ledger.digest(home.ledger / "earlier.parquet")})
    home.proposals.mkdir()
    made = proposal.Proposal("draft", "r1", "2026-11-20", "p", "2026-11-21T00:00:00", ["scorecard.credit"], ["x.y"])
    grade_change.moves(frame, earlier).write_parquet(home.proposals / "draft.parquet")
    (home.proposals / "draft.json").write_text(json.dumps(asdict(made)))
    state = State(home.state, lambda: datetime(2026, 11, 20, tzinfo=UTC))
    about = {"record_kind": "penalty", "record_id": "P1"}
    decisions.record(state, "repair", ids[0], "甲科员", "决定书", DAY, about=about)
    grade = {"pack_id": "credit", "grade": "C"}
    decisions.record(state, "override", ids[0], "乙科长", "纪要", DAY, date(2027, 3, 1), grade)
    decisions.record(state, "objection", ids[0], "丙窗口", "有异议", DAY)
    return root


def test_two_days_are_compared_by_default_and_the_matrix_counts_all(graded_home: Path) -> None:
    door = Door.open(graded_home)
    moved = grade_data.moves(door, "2026-10-31", "2026-11-20")
    assert moved.height > 0
    assert set(moved.select("pack_id", "grade_before", "grade_after").rows()) == {("credit", "B", "A")}
    said = written(body(graded_home, "/grades"))
    assert "2026-10-31 → 2026-11-20" in said
    assert f"{moved.height:,} 户变化" in said
    narrow = grade_data.moves(
        Door.open(graded_home, Viewer(districts=frozenset({"610102"}))), "2026-10-31", "2026-11-20"
    )
    assert 0 < narrow.height < moved.height


def test_the_spread_of_each_day_counts_every_graded_entity(graded_home: Path) -> None:
    door = Door.open(graded_home)
    days = grade_data.published_days(door)
    counted = grade_data.distribution(door, days)
    graded = data.credit_risk(door)["entity_count"].sum()
    for day in days:
        for pack in ("credit", "risk"):
            own = counted.filter((counted["as_of"] == day) & (counted["pack_id"] == pack))
            assert own["entity_count"].sum() == graded, (day, pack)
    by_grade = dict(
        counted.filter((counted["as_of"] == days[0]) & (counted["pack_id"] == "credit"))
        .select("grade", "entity_count")
        .iter_rows()
    )
    matrix = data.credit_risk(door)
    assert by_grade == {
        grade: matrix.filter(matrix["credit_grade"] == grade)["entity_count"].sum() for grade in by_grade
    }
    narrow = grade_data.distribution(Door.open(graded_home, Viewer(districts=frozenset({"610102"}))), days[:1])
    assert 0 < narrow["entity_count"].sum() < 2 * graded
    assert grade_data.distribution(door, []).is_empty()
    assert "信用等级分布" in written(body(graded_home, "/grades"))


def test_a_proposal_says_what_it_cannot_show(graded_home: Path) -> None:
    said = written(body(graded_home, "/grades?proposal=draft"))
    for part in ("拟议规则：draft", "scorecard.credit", "未反映", "x.y"):
        assert part in said


def test_decisions_are_listed_with_who_to_regulators_only(graded_home: Path) -> None:
    said = written(body(graded_home, "/decisions"))
    for part in ("甲科员", "决定书", "2026-11-20 至 长期", "信用等级认定为 C", "前答复", "丙窗口"):
        assert part in said, part
    masked = written(body(graded_home, "/decisions", Viewer("leader")))
    assert "决定书" in masked
    assert "甲科员" not in masked


def test_a_home_without_any_of_it_says_so(home: Path) -> None:
    assert "台账中还没有已发布的等级" in written(body(home, "/grades"))
    assert "没有待答复的异议或申请" in written(body(home, "/decisions"))


def test_an_entity_shows_its_peers_history_and_decisions(graded_home: Path) -> None:
    said = written(body(graded_home, f"/entity/{entity_id(0)}"))
    for part in ("同行业同区县的等级分布", "本主体", "已发布的等级", "2026-10-31", "人工决定", "怎样改善等级"):
        assert part in said, part


def test_where_a_sole_proprietor_lives_is_for_regulators(graded_home: Path) -> None:
    number = next(
        n
        for n in range(50)
        if (data.entity(Door.open(graded_home), str(entity_id(n))) or {}).get("legal_form") == "sole_proprietor"
    )
    seen = data.entity(Door.open(graded_home), str(entity_id(number)))
    masked = data.entity(Door.open(graded_home, Viewer("leader")), str(entity_id(number)))
    assert seen is not None
    assert masked is not None
    assert seen["address"] != NOT_SHOWN == masked["address"]
    history = data.entity_history(Door.open(graded_home, Viewer("analyst")), entity_id(number))
    assert set(history["address"]) == {NOT_SHOWN}


@pytest.mark.parametrize(
    ("acts", "waiting", "told"),
    [
        (Remedy(DAY, ("penalty:P1",), 1), None, "只需行政处罚 P1 完成信用修复；若不办理，现有到期日都不足以改善。"),
        (
            Remedy(DAY, ("annual_report:2024",), 1),
            Remedy(date(2027, 1, 1), (), 1),
            "若不办理，最早 2027-01-01 可改善。",
        ),
        (Remedy(DAY, (), 1), None, "最早 2026-11-20 可达 A，无须办理任何事项。"),
        (None, None, "都不足以达到更好的等级。"),
    ],
)
def test_what_would_help_is_said_in_one_sentence(acts: Remedy | None, waiting: Remedy | None, told: str) -> None:
    said = letter.change(Change("credit", "B", acts, waiting, "A"))
    assert said.startswith("信用等级（现为 B）：")
    assert told in said


def test_a_letter_names_nobody_and_no_other_entity(graded_home: Path) -> None:
    door = Door.open(graded_home)
    told = grade_data.explained(door, entity_id(0))
    said = letter.letter(told, WhatIf([], []), DAY)
    assert told.entity["name"] in said
    assert "你的权利" in said
    assert "甲科员" not in said
    assert data.entity(door, str(entity_id(1)))["name"] not in said  # type: ignore[index]
    assert {page.PATH for page in router.PAGES} >= {"/grades", "/decisions"}
