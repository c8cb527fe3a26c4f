"""Accounts: one-time passwords, lock-out, the same time for every refusal; sessions that end; wall tokens."""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from warehouse.sign_ins import SignIns
from warehouse.users import UserError, Users, weakness

TERMS = SignInTerms.today()
OWN = "Correct-Horse-7-staple"
HERE = "10.1.2.3"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def users(tmp_path: Path, clock: Clock) -> Users:
    return Users(tmp_path / "users.sqlite", TERMS, clock)


@pytest.fixture
def sign_ins(tmp_path: Path, users: Users, clock: Clock) -> SignIns:
    return SignIns(tmp_path / "users.sqlite", users, TERMS, clock)


def test_a_one_time_password_is_changed_and_kept_nowhere(users: Users, tmp_path: Path) -> None:
    password = users.add("li.na", "李某", Viewer("leader", None, frozenset({"610102"})))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert password.encode() not in held
    assert b"$argon2id$" in held
    assert (tmp_path / "users.sqlite").stat().st_mode & 0o077 == 0
    user = users.check("LI.NA", password)
    assert user is not None
    assert user.must_change
    assert user.viewer == Viewer("leader", None, frozenset({"610102"}))
    users.change_password("li.na", password, OWN, OWN)
    assert users.check("li.na", password) is None
    changed = users.check("li.na", OWN)
    assert changed is not None
    assert not changed.must_change


def test_a_one_time_password_does_not_last(users: Users, clock: Clock) -> None:
    password = users.add("li.na", "", Viewer("leader"))
    clock.later(TERMS.one_time + timedelta(seconds=1))
    assert users.check("li.na", password) is None
    assert users.check("li.na", users.reset("li.na")) is not None


def test_failures_lock_an_account_for_a_while(users: Users, clock: Clock) -> None:
    password = users.add("li.na", "", Viewer("leader"))
    for _ in range(TERMS.failures - 1):
        assert users.check("li.na", "wrong") is None
    assert users.check("li.na", password) is not None, "a success counts anew"
    for _ in range(TERMS.failures):
        assert users.check("li.na", "wrong") is None
    assert users.check("li.na", password) is None
    clock.later(TERMS.locked + timedelta(seconds=1))
    assert users.check("li.na", password) is not None


def test_a_refusal_takes_as_long_for_whom_nobody_knows(users: Users) -> None:
    """Medians of interleaved measurements of CPU time; an answer without a hash would be a hundred times quicker."""
    users.add("known", "", Viewer("leader"))
    users.add("disabled", "", Viewer("leader"))
    users.disable("disabled")
    spent: dict[str, list[float]] = {"known": [], "disabled": [], "nobody": []}
    users.check("nobody", "x")  # the hash that stands for nobody is made once
    for _ in range(7):
        for name, times in spent.items():
            before = process_time()
            assert users.check(name, "wrong") is None
            times.append(process_time() - before)
    middle = {name: statistics.median(times) for name, times in spent.items()}
    assert max(middle.values()) < 2.5 * min(middle.values()), middle


def test_a_disabled_account_is_out_at_once(users: Users, sign_ins: SignIns) -> None:
    users.change_password("a1", users.add("a1", "", Viewer("analyst")), OWN, OWN)
    user = users.check("a1", OWN)
    assert user is not None
    token = sign_ins.start(user, HERE)
    assert sign_ins.user(token) == user
    users.disable("a1")
    assert sign_ins.user(token) is None
    assert users.check("a1", OWN) is None


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda users: users.add("a1", "", Viewer("leader")), "已有用户 a1"),
        (lambda users: users.add("a b", "", Viewer("leader")), "2 至 32 个"),
        (lambda users: users.reset("nobody"), "没有用户 nobody"),
        (lambda users: users.disable("nobody"), "没有用户 nobody"),
        (lambda users: users.change_password("a1", "wrong", OWN, OWN), "原口令不对"),
        (lambda users: users.change_password("a1", "wrong", OWN, OWN + "x"), "不一致"),
    ],
)
def test_what_cannot_be_says_why(users: Users, act: Callable[[Users], object], told: str) -> None:
    users.add("a1", "", Viewer("leader"))
    with pytest.raises(UserError, match=told):
        act(users)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("Short-1", "至少"),
        ("aaaaaaaaaaaaaaaa", "过于简单"),
        ("zhang.san-2026-x", "用户名"),
        ("abcdefghijklmnop", "过于简单"),
        (OWN, ""),
    ],
)
def test_passwords_that_are_too_weak(password: str, told: str) -> None:
    found = weakness(password, "zhang.san", TERMS.password_length)
    assert told in found
    assert bool(found) is bool(told)


@given(st.text(max_size=40), st.text(min_size=2, max_size=8))
def test_no_password_that_passes_is_short_or_holds_the_name(password: str, name: str) -> None:
    if not weakness(password, name, TERMS.password_length):
        assert len(password) >= TERMS.password_length
        assert name.lower() not in password.lower()
        assert len(set(password)) >= TERMS.password_length // 2


def test_a_session_ends_by_idleness_and_by_age(users: Users, sign_ins: SignIns, clock: Clock) -> None:
    user = users.check("a1", users.add("a1", "", Viewer("analyst")))
    assert user is not None
    idle = sign_ins.start(user, HERE)
    clock.later(TERMS.idle - timedelta(minutes=1))
    assert sign_ins.user(idle, is_active=False) == user, "looked at, but nobody did anything"
    clock.later(timedelta(minutes=2))
    assert sign_ins.user(idle) is None
    used, begun = sign_ins.start(user, HERE), clock.now
    while clock.now - begun < TERMS.session - TERMS.idle:
        clock.later(TERMS.idle - timedelta(minutes=1))
        assert sign_ins.user(used) == user
    clock.later(TERMS.idle)
    assert sign_ins.user(used) is None


def test_a_session_that_is_ended_stays_so_and_tokens_are_not_kept(
    users: Users, sign_ins: SignIns, tmp_path: Path
) -> None:
    user = users.check("a1", users.add("a1", "", Viewer("analyst")))
    assert user is not None
    one, other = sign_ins.start(user, HERE), sign_ins.start(user, HERE)
    sign_ins.end(one)
    assert (sign_ins.user(one), sign_ins.user(other)) == (None, user)
    sign_ins.end_all("A1")
    assert sign_ins.user(other) is None
    assert sign_ins.user("") is None
    assert other.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_wall_looks_from_its_network_until_it_is_revoked(sign_ins: SignIns, clock: Clock) -> None:
    viewer = Viewer("wall", None, frozenset({"610102"}))
    token = sign_ins.allow_wall("大厅", viewer, "10.1.2.0/24")
    found = sign_ins.wall(token, "10.1.2.99")
    assert found is not None
    assert found.viewer == viewer
    assert sign_ins.wall(token, "10.1.3.1") is None
    assert sign_ins.wall(token, "nonsense") is None
    assert sign_ins.wall(token + "x", "10.1.2.99") is None
    with pytest.raises(UserError, match="allowed already"):
        sign_ins.allow_wall("大厅", viewer)
    with pytest.raises(UserError, match="neither an address nor a network"):
        sign_ins.allow_wall("二楼", viewer, "everywhere")
    clock.later(TERMS.wall + timedelta(seconds=1))
    assert sign_ins.wall(token, "10.1.2.99") is None
    sign_ins.revoke_wall("大厅")
    assert sign_ins.walls() == []
    with pytest.raises(UserError, match="no wall '大厅'"):
        sign_ins.revoke_wall("大厅")


def test_a_role_that_is_none_is_refused(users: Users, tmp_path: Path) -> None:
    users.add("a1", "", Viewer("leader"))
    with sqlite3.connect(tmp_path / "users.sqlite") as connection:
        connection.execute("update account set role = 'king'")
    with pytest.raises(ValueError, match="king"):
        users.find("a1")


def test_an_account_is_enabled_with_the_password_it_had(users: Users) -> None:
    users.change_password("a1", users.add("a1", "", Viewer("analyst")), OWN, OWN)
    users.disable("a1")
    assert users.check("a1", OWN) is None
    users.enable("a1")
    assert users.check("a1", OWN) is not None
    for _ in range(TERMS.failures):
        users.check("a1", "wrong")
    locked = users.find("a1")
    assert locked is not None
    assert locked.locked_until is not None
    assert users.check("a1", OWN) is None
    users.enable("a1")
    assert users.check("a1", OWN) is not None


def test_a_change_of_role_ends_sessions(users: Users, sign_ins: SignIns) -> None:
    user = users.check("a1", users.add("a1", "", Viewer("analyst")))
    assert user is not None
    token = sign_ins.start(user, HERE)
    users.change("a1", Viewer("leader", None, frozenset({"610102"})))
    assert sign_ins.user(token) is None
    found = users.find("a1")
    assert found is not None
    assert found.viewer == Viewer("leader", None, frozenset({"610102"}))


def test_an_administrator_who_cannot_sign_in_does_not_count(users: Users, clock: Clock) -> None:
    users.change_password("a1", users.add("a1", "", Viewer("admin")), OWN, OWN)
    users.add("a2", "", Viewer("admin"))
    clock.later(TERMS.one_time + timedelta(seconds=1))  # nobody knows the password of the second any more
    with pytest.raises(UserError, match="最后一名"):
        users.disable("a1")
    users.reset("a2")
    users.disable("a1")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["disable", "enable", "demote", "promote"]), st.sampled_from("abc"))))
def test_somebody_can_always_manage_accounts(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, str]]
) -> None:
    users = Users(tmp_path_factory.mktemp("stewards") / "users.sqlite", TERMS)
    users._hash = lambda password: password  # type: ignore[method-assign]  # an hour of hashing tells nothing here
    for name in "abc":
        users.add(name * 2, "", Viewer("admin" if name == "a" else "leader"))
    for act, name in acts:
        do: Callable[[str], object] = {
            "disable": users.disable,
            "enable": users.enable,
            "demote": lambda one: users.change(one, Viewer("leader")),
            "promote": lambda one: users.change(one, Viewer("admin")),
        }[act]
        with contextlib.suppress(UserError):
            do(name * 2)
        assert any(one.viewer.role == "admin" and not one.is_disabled for one in users.listed())
