"""Human decisions: who and why are needed, nothing is changed afterwards, and writers do not lose one another's."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from warehouse.state import State


def test_a_decision_is_kept_as_it_was_made(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    first = state.record("reveal", "plan-1", "监督员甲", "公开抽签", {"value": "数 7"})
    second = state.record("reveal", "plan-2", "监督员乙", "公开抽签", {"value": "8"})
    third = State(tmp_path / "state.sqlite").record("override", "plan-1", "科长", "复核", {})
    assert first < second < third
    assert [(e.event_no, e.actor, e.reason, e.payload) for e in state.events("reveal", "plan-1")] == [
        (first, "监督员甲", "公开抽签", {"value": "数 7"})
    ]
    assert [e.subject for e in state.events("reveal")] == ["plan-1", "plan-2"]


@pytest.mark.parametrize(("actor", "reason"), [("", "why"), ("who", ""), ("  ", "why"), ("who", "\t\n")])
def test_a_decision_needs_who_and_why(tmp_path: Path, actor: str, reason: str) -> None:
    state = State(tmp_path / "state.sqlite")
    with pytest.raises(ValueError, match="who and why"):
        state.record("reveal", "plan", actor, reason, {})
    assert state.events("reveal") == []


@pytest.mark.parametrize(
    "statement",
    [
        "update event set actor = 'someone else'",
        "delete from event",
        "insert or replace into event values (1, 'now', 'reveal', 'plan', 'x', 'y', '{}')",
        "insert into event (at, kind, subject, actor, reason, payload) values ('now', 'reveal', 'p', '', 'y', '{}')",
    ],
)
def test_nobody_changes_what_was_decided(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "state.sqlite"
    state = State(path)
    state.record("reveal", "plan", "who", "why", {"value": "1"})
    before = state.events("reveal")
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError), connection:
        connection.execute(statement)
    assert state.events("reveal") == before


def write(path: Path, actor: str, count: int) -> None:
    state = State(path)
    for number in range(count):
        state.record("reveal", "plan", actor, "why", {"value": f"{actor}-{number}"})


def test_writers_do_not_lose_decisions(tmp_path: Path) -> None:
    """Two processes and four threads, from the very first moment of the file."""
    path = tmp_path / "state.sqlite"
    context = multiprocessing.get_context("spawn")
    workers: list[multiprocessing.process.BaseProcess | threading.Thread] = [
        *(context.Process(target=write, args=(path, f"p{n}", 20)) for n in range(2)),
        *(threading.Thread(target=write, args=(path, f"t{n}", 20)) for n in range(4)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    events = State(path).events("reveal")
    assert {e.payload["value"] for e in events} == {
        f"{a}-{n}" for a in ("p0", "p1", "t0", "t1", "t2", "t3") for n in range(20)
    }
    assert len(events) == 120
    for actor in ("p0", "t0"):
        own = [e.payload["value"] for e in events if e.actor == actor]
        assert own == [f"{actor}-{n}" for n in range(20)]


def test_the_law_may_ask_for_other_words(tmp_path: Path) -> None:
    """Redaction reaches every text, keeps what is not asked for, and leaves the file append-only."""
    state = State(tmp_path / "state.sqlite")
    state.record("reveal", "plan 甲", "甲某", "甲的理由", {"value": "甲"})
    state.record("reveal", "plan", "乙", "why", {"value": "1"})
    assert state.redact(lambda text: text.replace("甲", "某")) == 1
    first, second = state.events("reveal")
    assert (first.subject, first.actor, first.reason, first.payload) == ("plan 某", "某某", "某的理由", {"value": "某"})
    assert (second.actor, second.payload) == ("乙", {"value": "1"})
    assert "甲".encode() not in (tmp_path / "state.sqlite").read_bytes()
    test_path = tmp_path / "state.sqlite"
    with closing(sqlite3.connect(test_path)) as connection, pytest.raises(sqlite3.IntegrityError), connection:
        connection.execute("update event set actor = 'x'")
