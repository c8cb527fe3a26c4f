"""The quality pages: what they count is what SQL counts, errors are in words, and no personal text is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

from dashboards import quality_data, router
from dashboards.app import create_app
from dashboards.components.loads import in_words
from dashboards.door import Door
from dashboards.figures import lineage
from dashboards.formats import number
from dashboards.pages import quality
from models.access.viewer import Viewer
from tests.dashboards.test_app import body, parts, written
from warehouse import catalog, grading

PAGE = {"startRow": 0, "endRow": 500}


def cells(component: Any) -> list[list[Any]]:
    """The rows of the table with this label, as what each cell holds."""
    rows = [part for part in parts(component) if type(part).__name__ == "Tr"]
    return [[cell.children for cell in row.children] for row in rows]


def labelled(found: list[Component], label: str) -> Component:
    return next(part for part in found if getattr(part, "aria-label", None) == label)


def test_loads_add_up_as_sql_says(home: Path, door: Door) -> None:
    shown = cells(labelled(body(home, "/quality"), "各来源的装载对账"))[1:]
    counted = door.frame(
        "select s.source_name, sum(l.delivered_count), sum(l.accepted_count), sum(l.quarantined_count),"
        " sum(l.repeated_count) from run.load l join run.source s on s.source_id = l.source_id group by 1"
    ).rows()
    assert {(row[0], *row[3:7]) for row in shown} == {(name, *(number(n) for n in counts)) for name, *counts in counted}
    assert len(shown) == len(counted) == 6
    told = {row[0]: row[9].children for row in shown}
    assert told["舆情文本"] == "1 份读不了"
    assert told["检查记录"] == "相符"


def test_a_load_that_does_not_add_up_is_said(door: Door) -> None:
    from dashboards.components.loads import reconciliation

    frame = quality_data.sources(door)
    wrong = frame.with_columns(accepted_count=frame["accepted_count"] + 2)
    assert {row[9].children for row in cells(reconciliation(wrong))[1:]} == {"差 -2 行"}


def test_the_quarantine_matrix_counts_as_sql_does(home: Path, door: Door) -> None:
    table = labelled(body(home, "/quality"), "隔离行按来源与原因")
    links = {part.href: part.children for part in parts(table) if type(part).__name__ == "Link"}
    for source, reason, n in door.frame(
        "select source_id, reason_code, sum(quarantined_count) from mart.quarantine_reason group by 1, 2"
    ).rows():
        assert links[f"/quality?source_id={source}&reason_code={reason}"] == number(n)
    ((total,),) = door.frame("select sum(quarantined_count) from mart.quarantine_reason").rows()
    assert links["/quality"] == number(total)


def test_a_cell_leads_to_its_rows_and_nothing_personal(home: Path, door: Door) -> None:
    found = body(home, "/quality?source_id=inspection&reason_code=not_allowed")
    store = next(part for part in found if getattr(part, "id", None) == "quality-chosen")
    rows, total = quality_data.SAMPLES.page(door, PAGE, store.data)
    assert (
        total
        == door.frame(
            "select count(*) from quarantine.sample where source_id = 'inspection' and reason_code = 'not_allowed'"
        ).item()
    )
    words = [quality._sample(row) for row in rows]
    assert {row["reason_code"] for row in words} == {"不在代码表"}
    assert [row["delivered_text"] for row in words].count("（可能含个人信息，不显示）") == 1
    assert {row["corrected_by"] for row in words} == {"待更正"}
    corrected, _ = quality_data.SAMPLES.page(door, PAGE, {"source_id": "registration", "reason_code": "unreadable"})
    assert "数据专员 2026-11-19 11:00 更正" in {quality._sample(row)["corrected_by"] for row in corrected}


def test_what_did_not_pass_is_told_with_its_reason(home: Path, door: Door) -> None:
    found = body(home, "/quality")
    rows = cells(labelled(found, "近 60 次运行未通过的检查"))[1:]
    assert [row[0][0].children for row in rows] == [
        "报送文件全部可以读取",
        "每个来源未关联到主体的行不超过 40%",
        "每层抽取户数 = 比例 × 总体，进到整数，至少 1 户",
    ]
    assert [row[1].children for row in rows] == ["提醒", "提醒", "已通过"]
    assert [row[3].children for row in rows] == ["14", "7", "1"]
    states = quality_data.states(door)
    assert sum(states.values()) == door.frame("select count(*) from quality.result").item()
    assert f"{number(states['passed'])} 项检查通过" in written(found)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("not gb18030 near byte 4096: illegal multibyte sequence", "编码不是约定的 gb18030：约在第 4096 字节处"),
        ("the file is empty, it lacks even a header", "文件为空"),
        ('Binder Error: Referenced column "主体类型" not found in FROM clause!', "缺少列“主体类型”"),
        ("Invalid Input Error: No magic bytes found at end of file 'x.parquet'", "不是完整的 Parquet 文件"),
        ("Invalid Input Error: CSV Error on Line: 3", "CSV 行列不齐"),
        ("something nobody foresaw", "文件无法读取，请联系数据管理部门"),
    ],
)
def test_loading_errors_are_in_words(error: str, words: str) -> None:
    assert words in in_words(error)


def test_empty_states_say_so(chicago_home: Path) -> None:
    text = written(body(chicago_home, "/quality"))
    assert "没有被隔离的行" in text
    assert "还没有留下检查记录" in text
    assert "无法读取的报送" not in text


def test_a_viewer_of_one_district_reads_the_pages_too(home: Path) -> None:
    door = Door.open(home, Viewer("leader", districts=frozenset({"610102"})))
    assert quality_data.SAMPLES.page(door, PAGE, {})[1] > 0
    assert quality_data.COLUMNS.page(door, PAGE, {"keyword": "信用等级"})[1] > 0
    for address in ("/quality", "/tables"):
        assert body(home, address, door.viewer)


def test_lineage_runs_from_left_to_right_and_lights_up_both_ways(door: Door) -> None:
    edges = lineage.drawn([(read, table) for table, read in quality_data.lineage(door).rows()])
    where = lineage.places(edges)
    assert all(where[a][0] <= where[b][0] for a, b in edges)
    assert len(set(where.values())) == len(where)
    lit = lineage.connected(edges, "grade.score")
    assert {"grade.score", "raw.inspection", "mart.entity_card", "indicator.value"} <= lit
    assert "mart.hotline_day" not in lit
    reads = {(name, read) for name, table in catalog.sql_tables().items() for read in table.reads}
    reads |= {("grade.score", read) for read in grading.READS}
    assert {(b, a) for a, b in edges} - {(f"known.{f}", f"fact.{f}") for f in catalog.contracts("fact")} <= reads
    names = quality_data.table_names(door)
    assert {table for edge in edges for table in edge if names.get(table, "a").isascii()} == set()
    figure = lineage.lineage(edges, names, "grade.grade")
    assert "主体等级" in str(figure.data[-1].text)


def test_the_dictionary_finds_by_name_and_meaning(door: Door) -> None:
    for keyword, column in (
        ("信用等级", "credit_grade"),
        ("按评分卡", "computed_grade"),
        ("draw_order", "draw_order"),
    ):
        rows, total = quality_data.COLUMNS.page(door, PAGE, {"keyword": keyword})
        assert column in {row["column_name"] for row in rows}
        assert 0 < total < door.frame("select count(*) from contract.column").item()


def test_the_pages_are_in_the_navigation(home: Path) -> None:
    app = create_app(home)
    with app.server.test_request_context("/tables"):
        from dashboards.components.shell import navigation

        links = navigation([(page.NAME, page.PATH) for page in router.IN_NAVIGATION], "/tables")
    assert [link.children for link in links if link.className == "current"] == ["数据质量"]
