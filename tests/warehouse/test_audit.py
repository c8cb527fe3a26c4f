"""The audit is append-only, tells of every change made behind its back, and forgets only what is old enough."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.access.terms import SignInTerms
from models.policy.loader import Policy, PolicyError
from warehouse.audit import LONGEST, Audit

START = datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    moments = iter(START + timedelta(days=day) for day in range(100))
    found = Audit(tmp_path / "audit.sqlite", lambda: next(moments))
    for number in range(5):
        found.record("query", "li.na", f"select {number}", role="analyst", address="10.0.0.1", rows=number)
    return found


def test_who_what_when_from_where_with_what_result(audit: Audit, tmp_path: Path) -> None:
    last = audit.entries(limit=1)[0]
    assert (last.kind, last.actor, last.role, last.address) == ("query", "li.na", "analyst", "10.0.0.1")
    assert (last.at, last.subject, last.result, last.details) == (
        "2026-01-05T08:00:00.000", "select 4", "ok", {"rows": 4},
    )  # fmt: skip
    assert (tmp_path / "audit.sqlite").stat().st_mode & 0o077 == 0
    assert [e.audit_no for e in audit.entries(before=3)] == [2, 1]
    assert [e.audit_no for e in audit.entries(since="2026-01-03", until="2026-01-05")] == [4, 3]
    assert audit.entries(kind="export") == audit.entries(actor="nobody") == []
    assert [e.audit_no for e in audit.everything()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "sql",
    [
        "update audit set actor = 'x' where audit_no = 2",
        "delete from audit where audit_no = 2",
        "insert or replace into audit select audit_no, at, kind, 'x', role, address, subject, result, details, seal from audit",
    ],
)
def test_entries_cannot_be_changed(audit: Audit, tmp_path: Path, sql: str) -> None:
    with (
        sqlite3.connect(tmp_path / "audit.sqlite") as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(sql)
    assert audit.broken() is None


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        ("update audit set actor = 'x' where audit_no = 3", 3),
        ("update audit set seal = 'x' where audit_no = 3", 3),
        ("delete from audit where audit_no = 3", 4),
        ("update audit set details = '{}' where audit_no = 5", 5),
    ],
)
def test_what_was_changed_behind_its_back_is_found(audit: Audit, tmp_path: Path, sql: str, first: int) -> None:
    with sqlite3.connect(tmp_path / "audit.sqlite") as connection:
        connection.execute("drop trigger audit_no_update")
        connection.execute("drop trigger audit_no_delete")
        connection.execute(sql)
    assert audit.broken() == first
    assert audit.broken(last_ones=100) == first


def test_an_entry_that_was_sealed_anew_no_longer_fits_the_next(audit: Audit, tmp_path: Path) -> None:
    other = Audit(tmp_path / "other.sqlite", lambda: START)
    other.record("query", "x", "select 0")
    with sqlite3.connect(tmp_path / "audit.sqlite") as connection:
        connection.execute("drop trigger audit_no_update")
        connection.execute("attach ? as other", [str(tmp_path / "other.sqlite")])
        connection.execute(
            "update audit set (at, kind, actor, role, address, subject, result, details, seal) ="
            " (select at, kind, actor, role, address, subject, result, details, seal from other.audit) where audit_no = 1"
        )
    assert audit.broken() == 2


def test_forgetting_keeps_what_the_rule_keeps_and_stays_append_only(audit: Audit, tmp_path: Path) -> None:
    assert audit.forget(START + timedelta(days=2)) == 2
    assert [e.audit_no for e in audit.everything()] == [3, 4, 5]
    assert audit.broken() is None
    with sqlite3.connect(tmp_path / "audit.sqlite") as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("delete from audit")
    audit.record("sign_out", "li.na", "session")
    assert audit.broken() is None


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.integers())
def test_any_text_is_kept_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, subject: str, actor: str, number: int
) -> None:
    audit = Audit(tmp_path_factory.mktemp("any") / "audit.sqlite")
    try:
        audit.record("export", actor, subject, n=number)
    except UnicodeEncodeError:
        return  # half of a surrogate pair is no text
    found = audit.entries()[0]
    assert (found.actor, found.subject, found.details) == (actor, subject, {"n": number})
    assert audit.broken() is None


def test_a_long_subject_is_cut_and_says_so(audit: Audit) -> None:
    audit.record("query", "li.na", "x" * (LONGEST + 1))
    assert audit.entries(limit=1)[0].subject.endswith(f"…（共 {LONGEST + 1} 字符）")


def test_an_entry_has_a_kind_and_an_actor(audit: Audit) -> None:
    for kind, actor in (("nonsense", "li.na"), ("query", "")):
        with pytest.raises(ValueError, match="a kind of"):
            audit.record(kind, actor, "")


def test_nobody_may_keep_the_audit_shorter_than_the_law(tmp_path: Path) -> None:
    (tmp_path / "access").mkdir()
    (tmp_path / "access" / "audit.yaml").write_text(
        "id: access.audit\ntitle: t\nunit: 月\nbasis: [local-default]\nvalues:\n  2025-01-01: 5\n"
    )
    with pytest.raises(PolicyError, match="asks for 6"):
        SignInTerms.from_policy(Policy.load(tmp_path).at(START.date()))
