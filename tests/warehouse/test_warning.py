"""Warnings: their levels, what people do with them, what becomes a suggested inspection, and how often they came true.

Not here: how many there are in all (test_case_metrics.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.cli import app
from tests.warehouse import case_ledger, cases, small
from warehouse import metrics, warning
from warehouse.catalog import sql_tables
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.serving import Publisher, ServingReader
from warehouse.state import Event, OvertakenError, State

TABLES = ("mart.warning", "mart.warning_entity", "mart.warning_precision", "mart.hotline_day", "mart.hotline_rising", "mart.hotline_department", "mart.hotline_repeat", "mart.hotline_caller", "mart.gaming", "mart.hotline_heat")  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckDBEngine, Path]]:
    folder = tmp_path_factory.mktemp("warned")
    with cases.warehouse(
        case_ledger.AS_OF, case_ledger.FACTS, given=case_ledger.GIVEN, path=folder / "w.duckdb"
    ) as engine:
        small.fill(engine, "known.suggested_inspection", [])
        engine.run("insert into entity.department (department_id, name) values ('D1', '甲局'), ('D2', '乙局')")
        cases.build(engine, *TABLES)
        tiles = [m for m in metrics.metrics() if m.area == "hotline"]
        engine.build("mart.metric_value", metrics.select(tiles))
        publisher = Publisher(Home.at(folder / "home"))
        publisher.publish(publisher.build(engine, "r"))
        yield engine, folder / "home"


def levels(engine: DuckDBEngine) -> dict[str, str]:
    return dict(engine.rows("select subject_id, warning_level from mart.warning"))


def test_the_level_is_the_highest_whose_threshold_is_reached(built: tuple[DuckDBEngine, Path]) -> None:
    assert levels(built[0]) == {
        "A5:whole": "Ⅱ",  # 0 working days left
        "A6:whole": "Ⅰ",  # 2 over
        "H3:whole": "Ⅲ",  # 1 left
        "W2:whole": "Ⅲ",
        "Q2:whole": "Ⅰ",  # 29 days over
        "K1:X:30": "Ⅱ",  # a licence ends in 11 days
        "K2:X:90": "Ⅳ",  # in 77 days
        "N1": "Ⅰ",  # a penalty unpublished for 39 working days
    }


def test_what_was_warned_of_and_what_came_true(built: tuple[DuckDBEngine, Path]) -> None:
    found = built[0].rows(
        "select warning_kind, warning_level, issued_count, confirmed_count from mart.warning_precision"
        " where level_no in (1, 3) order by warning_kind, level_no"
    )
    assert found == [
        ("licence", "Ⅰ", 1, 1),  # only the licence that was never renewed was still open a week before its end
        ("licence", "Ⅲ", 2, 1),
        ("overdue", "Ⅰ", 3, 3),
        ("overdue", "Ⅲ", 5, 3),
        ("publication", "Ⅰ", 2, 2),
        ("publication", "Ⅲ", 2, 2),
    ]


def test_actions_are_kept_and_shown_by_the_next_refresh(built: tuple[DuckDBEngine, Path], tmp_path: Path) -> None:
    engine, home = built
    state, reader = State(tmp_path / "state.sqlite"), ServingReader(home)
    ids = dict(engine.rows("select subject_id, warning_id from mart.warning"))
    warning.act(state, reader, ids["A6:whole"], "acknowledged", "甲", "已交办")
    warning.act(state, reader, ids["A6:whole"], "settled", "乙", "已办结")
    number, codes = warning.suggest(state, reader, ids["K1:X:30"], 5, "甲", "到期前上门提醒")
    assert (number, codes) == (3, ["E1"])
    with pytest.raises(ValueError, match="an action is one of"):
        warning.act(state, reader, ids["A6:whole"], "suggested", "甲", "x")
    with pytest.raises(ValueError, match="no warning 000 is published"):
        warning.act(state, reader, "000", "settled", "甲", "x")
    with pytest.raises(ValueError, match="there is nobody to inspect"):
        warning.suggest(state, reader, ids["Q2:whole"], 5, "甲", "x")
    with pytest.raises(ValueError, match="needs who and why"):
        warning.act(state, reader, ids["N1"], "settled", " ", "x")
    reader.close()
    made = warning.events(state)
    with engine.transaction():
        assert warning.write_actions(engine, made) == 2
        assert warning.write_suggestions(engine, made) == 1
    engine.build("mart.warning", sql_tables()["mart.warning"].sql)
    states = dict(engine.rows("select subject_id, warning_state from mart.warning where warning_state <> 'new'"))
    assert states == {"A6:whole": "settled", "K1:X:30": "suggested"}
    assert engine.rows("select entity_id from known.suggested_inspection") == [(1,)]
    warning.act(state, ServingReader(home), ids["K1:X:30"], "settled", "乙", "已续证")
    assert warning.write_suggestions(engine, warning.events(state)) == 0
    assert warning.events(state, cases.LONG_AGO) == []


def test_who_takes_a_warning_over_owns_it(built: tuple[DuckDBEngine, Path], tmp_path: Path) -> None:
    engine, home = built
    state, reader = State(tmp_path / "state.sqlite"), ServingReader(home)
    subject, before = engine.rows(
        "select subject_id, department_id from mart.warning where warning_kind = 'overdue' order by subject_id limit 1"
    )[0]
    other = engine.rows("select min(department_id) from entity.department where department_id <> ?", [before])[0][0]
    warning_id = dict(engine.rows("select subject_id, warning_id from mart.warning"))[subject]
    for action, department, told in (
        ("handed_over", None, "names the department"),
        ("settled", other, "no other action does"),
        ("handed_over", "D99", "no department D99"),
    ):
        with pytest.raises(ValueError, match=told):
            warning.act(state, reader, warning_id, action, "甲", "x", department_id=department)
    warning.act(state, reader, warning_id, "handed_over", "甲", "归口办理", department_id=other, seen=0)
    with pytest.raises(OvertakenError):
        warning.act(state, reader, warning_id, "settled", "乙", "x", seen=0)
    warning.act(state, reader, warning_id, "acknowledged", "乙", "收到", seen=1)
    reader.close()
    with engine.transaction():
        warning.write_actions(engine, warning.events(state))
    engine.build("mart.warning", sql_tables()["mart.warning"].sql)
    owned = "select department_id, department_name, warning_state from mart.warning where warning_id = ?"
    name = engine.rows("select name from entity.department where department_id = ?", [other])[0][0]
    assert engine.rows(owned, [warning_id]) == [(other, name, "acknowledged")]


@given(acts=st.lists(st.tuples(st.sampled_from(warning.ACTIONS), st.integers(1, 3)), max_size=8))
def test_what_became_of_a_warning_follows_from_its_acts(acts: list[tuple[str, int]]) -> None:
    """The last act is the state, the last hand-over the owner, suggestions stand until the warning ends."""
    made = [
        Event(
            n,
            f"2026-11-22T10:00:{n:02d}",
            warning.KIND,
            "w",
            "甲",
            "x",
            {"action": action}
            | ({"department_id": f"D{number}"} if action == warning.HANDED_OVER else {})
            | ({"entity_ids": list(range(number))} if action == warning.SUGGESTED else {}),
        )
        for n, (action, number) in enumerate(acts, start=1)
    ]
    found = warning.standings(made).get("w")
    if not acts:
        assert found is None
        return
    assert found is not None
    handed = [number for action, number in acts if action == warning.HANDED_OVER]
    ended = max((n for n, (action, _) in enumerate(acts) if action in warning.ENDS), default=-1)
    suggested = [number for action, number in acts[ended + 1 :] if action == warning.SUGGESTED]
    assert (found.event_no, found.action) == (len(acts), acts[-1][0])
    assert found.department_id == (f"D{handed[-1]}" if handed else None)
    assert found.entity_ids == (tuple(range(suggested[-1])) if suggested else ())


def run(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, list(words))
    return answer.exit_code, answer.output


def test_the_commands_show_a_case_warnings_and_the_report(built: tuple[DuckDBEngine, Path], tmp_path: Path) -> None:
    home = ("--home", str(built[1]))
    code, told = run("case", "A2", *home)
    assert code == 0
    assert "已用 4 个工作日（另扣除 2），法定 20、承诺 4，未超期，应于 2026-10-27 前" in told
    assert "中止 correction  2026-10-20 10:00:00 … 2026-10-22 09:00:00" in told
    assert run("case", "nope", *home)[0] == 2
    code, told = run("warning", "list", "--level", "1", *home)
    assert (code, told.count("Ⅰ")) == (0, 3)
    assert run("warning", "act", "nope", "--action", "settled", "--actor", "a", "--reason", "b", *home)[0] == 2
    warned = next(line.split()[0] for line in run("warning", "list", *home)[1].splitlines() if "许可证" in line)
    code, told = run("warning", "suggest", warned, "--actor", "a", "--reason", "b", *home)
    assert (code, "E1" in told) == (0, True)
    handed = ("warning", "act", warned, "--action", "handed_over", "--actor", "a", "--reason", "b", *home)
    assert (run(*handed)[0], run(*handed, "--to", "D9")[0], run(*handed, "--to", "D2")[0]) == (2, 2, 0)
    assert run("warning", "suggested", "--out", str(tmp_path / "s.csv"), *home)[0] == 0
    assert (tmp_path / "s.csv").read_text(encoding="utf-8-sig").startswith("warning_id,")
    code, told = run("report", "hotline", "--out", str(tmp_path / "r.pdf"), *home)
    if "needs the font" in told:
        pytest.skip("no Chinese font is installed")
    assert code == 0, told
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_the_report_says_what_the_marts_say(built: tuple[DuckDBEngine, Path]) -> None:
    from pipelines.weekly_report import contents
    from warehouse.hotline_week import hotline_week

    reader = ServingReader(built[1])
    told = contents(hotline_week(reader))
    reader.close()
    tiles = {tile["name"]: (tile["value"], tile["unit"]) for tile in told["tiles"]}
    assert tiles["近 30 日受理"] == ("4", "件")
    assert tiles["解决率"] == ("33.3", "%")
    parts = {part["title"]: part for part in told["parts"]}
    assert parts["近两周受理量"]["rows"][2] == ["2026-10-28", "1", "0", "0", "异常"]
    assert [row[:2] for row in parts["部门办理（近一年）"]["rows"]] == [["甲局", "2"], ["乙局", "3"]]
    assert all(len(row) == len(part["head"]) == len(part["align"]) for part in told["parts"] for row in part["rows"])
    assert "K1" not in str(told)  # no caller


def test_an_empty_snapshot_has_nothing_to_report(tmp_path: Path) -> None:
    from warehouse.hotline_week import hotline_week

    with cases.warehouse(date(2026, 10, 30), {}, path=tmp_path / "w.duckdb") as engine:
        small.fill(engine, "known.suggested_inspection", [])
        engine.run("insert into entity.department (department_id, name) values ('D1', '甲局'), ('D2', '乙局')")
        cases.build(engine, *TABLES)
        engine.build("mart.metric_value", metrics.select([m for m in metrics.metrics() if m.area == "hotline"]))
        publisher = Publisher(Home.at(tmp_path / "home"))
        publisher.publish(publisher.build(engine, "r"))
    with pytest.raises(ValueError, match="no hotline orders"):
        hotline_week(ServingReader(tmp_path / "home"))
