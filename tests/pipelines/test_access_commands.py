"""The commands of access: what they print once, what they refuse, and that all of it is in the audit."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from tests.pipelines.test_cli import fails, mingcha
from warehouse.audit import Audit
from warehouse.home import Home
from warehouse.sign_ins import SignIns
from warehouse.state import State
from warehouse.users import Users


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def users(home: Path) -> Users:
    return Users(Home.at(home).users, SignInTerms.today())


def done(home: Path) -> list[tuple[str, str, str]]:
    return [(e.kind, e.subject, e.result) for e in Audit(Home.at(home).audit).everything()]


def test_an_account_from_the_first_day_to_the_last(home: Path) -> None:
    added = mingcha(
        "user", "add", "li.na", "--role", "leader", "--person", "李某", "--district", "610102", "--home", home
    )
    assert added.exit_code == 0, added.output
    password = added.output.split("：")[-1].strip()
    user = users(home).check("li.na", password)
    assert user is not None
    assert (user.person_name, user.viewer) == ("李某", Viewer("leader", None, frozenset({"610102"})))
    again = mingcha("user", "reset", "li.na", "--home", home).output.split("：")[-1].strip()
    assert users(home).check("li.na", password) is None
    assert users(home).check("li.na", again) is not None
    assert mingcha("user", "disable", "li.na", "--home", home).exit_code == 0
    assert "disabled" in mingcha("user", "list", "--home", home).output
    assert done(home) == [("user", "li.na", "added"), ("user", "li.na", "reset"), ("user", "li.na", "disabled")]
    last = Audit(Home.at(home).audit).entries(limit=1)[0]
    assert last.actor.startswith("os:")
    assert last.address == "command line"


def test_what_is_no_account_is_refused(home: Path) -> None:
    for role in ("king", "wall"):
        assert "不是 leader、" in fails(2, "user", "add", "li.na", "--role", role, "--home", home)
    assert "没有用户 nobody" in fails(2, "user", "reset", "nobody", "--home", home)
    assert "没有用户 nobody" in fails(2, "user", "disable", "nobody", "--home", home)
    assert done(home) == []


def test_a_wall_is_allowed_and_revoked(home: Path) -> None:
    told = mingcha("wall", "allow", "大厅", "--address", "10.1.2.0/24", "--home", home).output
    token = re.findall(r"/screen/enter/(\S+)", told)[0]
    sign_ins = SignIns(Home.at(home).users, users(home), SignInTerms.today())
    assert sign_ins.wall(token, "10.1.2.3") is not None
    assert "10.1.2.0/24" in mingcha("wall", "list", "--home", home).output
    assert "neither an address" in fails(2, "wall", "allow", "二楼", "--address", "x", "--home", home)
    assert mingcha("wall", "revoke", "大厅", "--home", home).exit_code == 0
    assert sign_ins.wall(token, "10.1.2.3") is None
    assert "no wall" in fails(2, "wall", "revoke", "大厅", "--home", home)
    assert [result for _, _, result in done(home)] == ["allowed", "revoked"]


def test_the_audit_is_listed_exported_and_checked(home: Path, tmp_path: Path) -> None:
    audit = Audit(Home.at(home).audit)
    audit.record("sign_in_failed", "=1+1", "口令", "failed", address="10.0.0.1")
    audit.record("query", "li.na", "select 1", rows=1)
    assert "li.na" in mingcha("audit", "list", "--kind", "query", "--home", home).output
    out = tmp_path / "audit.csv"
    assert mingcha("audit", "export", "--out", out, "--home", home).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [(row["kind"], row["actor"]) for row in rows] == [("sign_in_failed", "'=1+1"), ("query", "li.na")]
    assert out.stat().st_mode & 0o777 == 0o600
    assert done(home)[-1] == ("audit", "audit.csv", "ok")
    assert "name a new file" in fails(2, "audit", "export", "--out", out, "--home", home)
    assert mingcha("audit", "check", "--home", home).exit_code == 0


def test_decisions_and_draws_are_in_the_audit_by_number_only(home: Path) -> None:
    state = State(Home.at(home).state)
    state.record("override", "91610000MA6TXXXX0X", "甲", "理由", {"grade": "D"})
    state.record("draw", "plan-1", "乙", "公开抽取", {})
    entries = list(Audit(Home.at(home).audit).everything())
    assert [(e.kind, e.actor, e.subject) for e in entries] == [
        ("decision", "甲", "override 1"),
        ("draw", "乙", "draw 2"),
    ]


def test_exports_are_in_the_audit(own_home: Path, tmp_path: Path) -> None:
    assert mingcha("export", "grades", "--out", tmp_path / "g.csv", "--home", own_home).exit_code == 0
    assert mingcha("export", "analyst", "--out", tmp_path / "a.duckdb", "--home", own_home).exit_code == 0
    told = fails(1, "export", "analyst", "--out", tmp_path / "a.duckdb", "--home", own_home)
    assert "name a new file" in told
    assert done(own_home)[-2:] == [("export", "grades", "ok"), ("export", "analyst file", "ok")]
