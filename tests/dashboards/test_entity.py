"""What the page of an entity shows beyond its grades: who came, its cases, warnings, neighbours; and how it is found."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from dashboards import data, entity_data, search
from dashboards.app import create_app
from dashboards.door import Door
from models.access.viewer import Viewer
from tests.dashboards.snapshot import entity_id, publish
from tests.dashboards.test_app import body, written

OWN, OTHERS = entity_id(0), [entity_id(n) for n in range(1, 7)]
SHOP = "西安黎鲲霁蔬菜种植有限公司"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which one entity has a branch, a twin at its address, a mark that another bears, and a peer 200 m away."""
    folder = tmp_path_factory.mktemp("known")
    name = publish(folder)
    with duckdb.connect(str(folder / "serving" / name)) as con:
        con.execute(
            "update known.entity set address = '东街 1 号', longitude = 108.94, latitude = 34.34, name = '户' || entity_id,"
            " industry_code = '6210', status = 'active', legal_form = 'company'"
        )
        con.execute(
            "update known.entity set longitude = 109.5, address = '别处 ' || entity_id where entity_id <> ?", [OWN]
        )
        branch, twin, brand, near, far, closed = OTHERS
        con.execute("update known.entity set name = ?, industry_code = '6210' where entity_id = ?", [SHOP, OWN])
        con.execute("update known.entity set address = '东街 1 号' where entity_id in (?, ?)", [twin, closed])
        con.execute("update known.entity set name = '黎鲲霁饭店' where entity_id = ?", [brand])
        con.execute("update known.entity set name = 'Café Nord 店' where entity_id = ?", [closed])
        con.execute("update known.entity set longitude = 108.94218 where entity_id = ?", [near])  # 200 m to the east
        con.execute("update known.entity set longitude = 108.946 where entity_id = ?", [far])  # 551 m
        con.execute("update known.entity set status = 'deregistered' where entity_id = ?", [closed])
        con.execute(
            "insert into entity.relation by name select ? as entity_id, ? as related_entity_id, 'branch' as relation_kind,"
            " date '2020-01-01' as valid_from, timestamp '2020-01-01' as known_at",
            [branch, OWN],
        )
        con.execute("insert into policy.near values (500, 111320)")
        con.execute("delete from plan.burden where entity_id = ?", [OWN])
        for day, cause in ((date(2026, 3, 1), "routine"), (date(2026, 4, 1), "complaint")):
            con.execute(
                "insert into plan.burden by name select ? as entity_id, 'D01' as department_id, ? as event_date,"
                " 2026 as visit_year, ? as visit_cause_code, ? = 'routine' as is_counted",
                [OWN, day, cause, cause],
            )
        con.execute(
            "insert into known.case_clock by name select 'f' as feed_id, 'A1' as case_id, 'approval' as case_kind,"
            " 'A01' as item_code, '食品经营许可' as item_name, ? as entity_id, 'D01' as department_id, 'window' as channel,"
            " ? as opened_at, date '2026-05-01' as opened_on, 'workday' as clock_tick, 12 as used_count,"
            " 0 as paused_count, 10 as promised_limit, false as is_over_statutory, true as is_overdue",
            [OWN, datetime(2026, 5, 1, tzinfo=UTC).replace(tzinfo=None)],
        )
    return folder


def told(frame: object) -> list[int]:
    return sorted(frame["entity_id"])  # type: ignore[index]


def test_each_way_of_being_a_neighbour(known: Path) -> None:
    door = Door.open(known)
    row = data.entity(door, str(OWN))
    assert row is not None
    branch, twin, brand, near, _far, _closed = OTHERS
    related = entity_data.related(door, OWN)
    assert related.select("entity_id", "is_from").rows() == [(branch, False)]
    assert entity_data.related(door, branch)["is_from"].to_list() == [True]
    assert told(entity_data.same_address(door, row)) == [twin]  # who left the register is no neighbour
    mark, branded = entity_data.same_brand(door, row)
    assert (mark, told(branded)) == ("黎鲲霁", [brand])
    metres, peers = entity_data.near_peers(door, row)
    assert metres == 500
    assert told(peers) == [near]
    assert peers["measure"][0] == pytest.approx(200, abs=2)


def test_a_mark_that_many_bear_says_nothing(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door.open(known)
    row = data.entity(door, str(OWN))
    assert row is not None
    assert not entity_data.same_brand(door, row)[1].is_empty()
    rules = data.rules_in_force(door, "matching.text_link_weight", "matching.place_word")
    rules["matching.text_link_weight"]["most_bearers"] = 0
    monkeypatch.setattr(data, "rules_in_force", lambda *_: rules)
    assert entity_data.same_brand(door, row)[1].is_empty()


def test_a_hidden_address_makes_no_neighbours(known: Path) -> None:
    """To a leader every sole proprietor lives at the same words; that must not make them neighbours."""
    with duckdb.connect(str(next((known / "serving").glob("*.duckdb"))), read_only=True) as con:
        shops = con.execute("select count(*) from known.entity where legal_form = 'sole_proprietor'").fetchone()
    assert shops == (0,)
    door = Door.open(known, Viewer("leader"))
    row = data.entity(door, str(OWN))
    assert row is not None
    assert entity_data.same_address(door, row | {"address": "（不显示：个体工商户住所）"}).is_empty()
    assert entity_data.same_brand(door, row | {"name": "（不显示：个体工商户）"})[0] == ""


def test_visits_and_cases_are_told_with_what_they_count_for(known: Path) -> None:
    door = Door.open(known)
    found, total = entity_data.contacts(door, OWN)
    assert (total, found["is_counted"].to_list()) == (2, [False, True])
    cases, totals = entity_data.cases(door, OWN)
    assert (cases["case_id"].to_list(), totals) == (["A1"], {"all_count": 1, "open_count": 1, "overdue_count": 1})
    said = written(body(known, f"/entity/{OWN}"))
    for words in (
        "到访与检查次数",
        "不计入",
        "12／10 工作日",
        "同字号“黎鲲霁”",
        "分支机构",
        "500 米内同业",
        "不按人关联",
    ):
        assert words in said, words


def test_a_viewer_of_another_district_meets_no_neighbour_of_this_one(known: Path) -> None:
    door = Door.open(known)
    row = data.entity(door, str(OWN))
    assert row is not None
    elsewhere = Door.open(known, Viewer(districts=frozenset({"none"})))
    assert entity_data.same_address(elsewhere, row).is_empty()
    assert entity_data.related(elsewhere, OWN).is_empty()
    assert entity_data.contacts(elsewhere, OWN)[1] == 0


def test_an_entity_without_grade_says_why(known: Path) -> None:
    with duckdb.connect(str(next((known / "serving").glob("*.duckdb")))) as con:
        con.execute("delete from grade.grade where entity_id = ?", [OTHERS[5]])
    said = written(body(known, f"/entity/{OTHERS[5]}"))
    assert "统计日没有对该主体评级" in said
    assert "怎样改善等级" not in said


def test_the_search_finds_by_name_and_code_and_ends_in_the_list(known: Path) -> None:
    door = Door.open(known)
    by_name = data.entities_named(door, "黎鲲霁", 8)
    assert told(by_name) == sorted([OWN, OTHERS[2]])
    assert by_name["entity_id"][0] == OTHERS[2]  # a name that begins with what was typed stands first
    code = by_name["entity_code"][1]
    assert told(data.entities_named(door, code.lower(), 8)) == [OWN]
    with_letters = data.entities_named(door, "nord", 8)
    assert told(with_letters) == [OTHERS[5]]
    app = create_app(known)
    with app.server.test_request_context("/"):
        offered = search.options(by_name.to_dicts(), "黎鲲霁")
        assert search.options([], "黎鲲霁") == []
    assert [one["value"] for one in offered[:2]] == [f"/entity/{OTHERS[2]}", f"/entity/{OWN}"]
    assert offered[-1]["value"] == "/entities?keyword=%E9%BB%8E%E9%B2%B2%E9%9C%81"
    assert all("黎鲲霁" in one["label"] for one in offered)  # the box shows only what holds the text
    assert data.entities_named(Door.open(known, Viewer(districts=frozenset({"none"}))), "黎鲲霁", 8).is_empty()
