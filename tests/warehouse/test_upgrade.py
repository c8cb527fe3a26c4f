"""Homes of other versions: an older one is brought forward, a newer one is refused, and no decision is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse import upgrade
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.state import State

# state.sqlite as the first version made it: without number, and without the trigger against `insert or replace`.
FIRST_STATE = """
create table event (
    event_no integer primary key autoincrement, at text not null, kind text not null, subject text not null,
    actor text not null check (actor <> ''), reason text not null check (reason <> ''), payload text not null
);
create index event_subject on event (kind, subject);
create trigger event_no_update before update on event begin select raise(abort, 'events are append-only'); end;
create trigger event_no_delete before delete on event begin select raise(abort, 'events are append-only'); end;
insert into event values (1, '2026-01-01T00:00:00', 'reveal', 'plan', '监督员', '公开抽签', '{"value": "7"}');
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of the first layout: no VERSION, an older state file, a warehouse with a table of other columns."""
    home = Home.at(tmp_path / "home")
    with closing(sqlite3.connect(home.state)) as connection:
        connection.executescript(FIRST_STATE)
    with DuckDBEngine(home.warehouse, home.temp) as engine:
        engine.run("create or replace table run.load (load_id varchar)")
    return home


def number(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("pragma user_version").fetchone()[0])


def test_an_older_home_is_brought_forward(home: Home) -> None:
    before = State(home.state).events("reveal")
    upgrade.check(home)  # it can be read as it is
    done = upgrade.prepare(home)
    assert done == [
        "state.sqlite brought to step 1",
        "other code made warehouse.duckdb; it is built anew from the archived deliveries",
    ]
    assert not home.warehouse.exists()
    assert number(home.state) == len(upgrade.STATE_STEPS) == 1
    assert State(home.state).events("reveal") == before
    with closing(sqlite3.connect(home.state)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("insert or replace into event values (1, 'n', 'reveal', 'p', 'x', 'y', '{}')")
    assert json.loads(home.version.read_text())["layout"] == upgrade.LAYOUT


def test_a_home_of_this_code_is_left_alone(home: Home) -> None:
    upgrade.prepare(home)
    home.warehouse.write_text("made by this code")
    before = home.version.stat().st_mtime_ns
    assert upgrade.prepare(home) == []
    assert home.warehouse.read_text() == "made by this code"
    assert home.version.stat().st_mtime_ns == before


def test_a_new_home_has_nothing_to_upgrade(tmp_path: Path) -> None:
    new = Home.at(tmp_path / "new")
    assert upgrade.prepare(new) == []
    assert number(new.state) == 1


def test_a_warehouse_of_other_code_or_engine_is_built_anew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade.prepare(home)
    for name, other in (("version", lambda _: "9.9"), ("contracts", lambda _: {})):
        home.warehouse.write_text("old")
        home.warehouse.with_name("warehouse.duckdb.wal").write_text("old")
        with monkeypatch.context() as patched:
            patched.setattr(upgrade, name, other)
            assert upgrade.prepare(home) == [
                "other code made warehouse.duckdb; it is built anew from the archived deliveries"
            ]
        assert not list(home.root.glob("warehouse.duckdb*"))


def test_steps_of_the_decisions_run_once_each_and_in_order(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade.prepare(home)
    steps = (*upgrade.STATE_STEPS, "alter table event add column place text", "create table note (place text)")
    monkeypatch.setattr(upgrade, "STATE_STEPS", steps)
    assert upgrade.prepare(home) == ["state.sqlite brought to step 2", "state.sqlite brought to step 3"]
    assert upgrade.prepare(home) == []
    with closing(sqlite3.connect(home.state)) as connection:
        assert connection.execute("select event_no, actor, place from event").fetchall() == [(1, "监督员", None)]


def test_a_step_that_fails_leaves_the_decisions_as_they_were(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade.prepare(home)
    monkeypatch.setattr(
        upgrade, "STATE_STEPS", (*upgrade.STATE_STEPS, "create table note (a text); create table note (a text)")
    )
    with pytest.raises(sqlite3.OperationalError):
        upgrade.prepare(home)
    with closing(sqlite3.connect(home.state)) as connection:
        assert connection.execute("select count(*) from sqlite_master where name = 'note'").fetchall() == [(0,)]
    assert number(home.state) == 1


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (json.dumps({"layout": upgrade.LAYOUT + 1}), "install the mingcha that made it"),
        (json.dumps({"layout": "two"}), "install the mingcha that made it"),
        ("{", "cannot be read"),
        ("[]", "holds no layout"),
    ],
)
def test_what_this_code_does_not_know_is_refused_and_stays(home: Home, version: str, told: str) -> None:
    home.version.write_text(version)
    for ask in (upgrade.check, upgrade.prepare):
        with pytest.raises(upgrade.LayoutError, match=told):
            ask(home)
    assert home.warehouse.exists()
    assert home.version.read_text() == version
    assert number(home.state) == 0
    served = CliRunner().invoke(app, ["serve", "--home", str(home.root)])
    assert served.exit_code == 1
    assert told in served.output.replace("\n", " ")


def test_newer_decisions_are_refused(home: Home) -> None:
    with closing(sqlite3.connect(home.state)) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(upgrade.LayoutError, match="has step 99"):
        upgrade.prepare(home)
