"""Accounts of one home: who may sign in, in which role and scope, and the password check; kept in users.sqlite.

Not here: sessions and wall tokens (sign_ins), what a role may do (models/access), the page that asks (dashboards).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.access.terms import SignInTerms
from models.access.viewer import Role, Viewer

SCHEMA = """
create table if not exists account (
    user_name text primary key collate nocase,
    person_name text not null,
    role text not null,
    departments text,
    districts text,
    password_hash text,
    must_change integer not null default 0,
    password_until text,
    is_disabled integer not null default 0,
    failure_count integer not null default 0,
    locked_until text,
    created_at text not null
);
create table if not exists session (
    token_digest text primary key,
    user_name text not null collate nocase,
    started_at text not null,
    seen_at text not null,
    address text not null,
    viewer text
);
create table if not exists wall_token (
    token_digest text primary key,
    name text not null unique,
    viewer text not null,
    address text,
    made_at text not null,
    until text not null
);
create table if not exists secret (name text primary key, value blob not null);
"""
_MANAGERS = """
select count(*) from account where role = 'admin' and not is_disabled and coalesce(password_until, ?1) >= ?1
"""
_HASHING = BoundedSemaphore(2)  # a hash takes 64 MiB and a core: many at once would stop the pages


class UserError(ValueError):
    """An account or password that cannot be; the message says why and what to do."""


@dataclass(frozen=True)
class User:
    """One account; `must_change` until the one-time password has been replaced.

    `locked_until` and `password_until` (UTC, ISO, to the second): failures keep it out until then, and a one-time
    password lets it in until then; they may be past.
    """

    user_name: str
    person_name: str
    viewer: Viewer
    must_change: bool = False
    is_disabled: bool = False
    is_local: bool = True
    locked_until: str | None = None
    password_until: str | None = None


def connect(path: Path) -> sqlite3.Connection:
    """Open the file of accounts, sessions and tokens."""
    connection = sqlite3.connect(path, timeout=10)
    connection.execute("pragma journal_mode = wal")
    return connection


class Users:
    """The accounts of one home; `clock` tells the instant (with zone)."""

    def __init__(self, path: Path, terms: SignInTerms, clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._path, self._terms, self._clock = path, terms, clock
        self._hasher = PasswordHasher()
        path.touch(mode=0o600)
        with closing(connect(path)) as connection:
            connection.executescript(SCHEMA)

    def add(self, user_name: str, person_name: str, viewer: Viewer) -> str:
        """Add an account and return its one-time password, which is nowhere kept.

        Raises:
            UserError: the name is taken, or is not 2 to 32 letters, digits, dots, dashes and underscores.
        """
        plain = user_name.replace(".", "").replace("-", "").replace("_", "")
        if not (2 <= len(user_name) <= 32 and plain.isalnum()):
            raise UserError(f"用户名 {user_name!r}：请用 2 至 32 个字母、数字、点、连字符或下划线")
        password = _one_time()
        values = (
            user_name, person_name or user_name, viewer.role, _listed(viewer.departments), _listed(viewer.districts),
            self._hash(password), 1, self._after_one_time(), _instant(self._clock()),
        )  # fmt: skip
        try:
            self._run(
                "insert into account (user_name, person_name, role, departments, districts, password_hash, must_change,"
                " password_until, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        except sqlite3.IntegrityError:
            raise UserError(f"已有用户 {user_name}；请换一个名称，或重置其口令（`mingcha user reset`）") from None
        return password

    def reset(self, user_name: str) -> str:
        """Give an account a new one-time password, enable it, end its sessions, and return the password.

        Raises:
            UserError: there is no such account.
        """
        password = _one_time()
        self._change(
            user_name,
            "password_hash = ?, must_change = 1, password_until = ?, is_disabled = 0, failure_count = 0,"
            " locked_until = null",
            (self._hash(password), self._after_one_time()),
        )
        return password

    def disable(self, user_name: str) -> None:
        """Disable an account and end its sessions.

        Raises:
            UserError: there is no such account, or nobody else could manage accounts.
        """
        self._change(user_name, "is_disabled = 1", ())

    def enable(self, user_name: str) -> None:
        """Let an account in again with the password it had, and forget failures. Raises UserError as `reset`."""
        self._change(user_name, "is_disabled = 0, failure_count = 0, locked_until = null", ())

    def change(self, user_name: str, viewer: Viewer) -> None:
        """Give an account another role and scope, and end its sessions. Raises UserError as `disable`."""
        scopes = (_listed(viewer.departments), _listed(viewer.districts))
        self._change(user_name, "role = ?, departments = ?, districts = ?", (viewer.role, *scopes))

    def change_password(self, user_name: str, before: str, after: str, again: str) -> None:
        """Replace a password by its owner's own, typed twice; every session of the account ends.

        Raises:
            UserError: the old one is wrong, or the new one is too short, too simple, the old one or typed differently.
        """
        if after != again:
            raise UserError("两次输入的新口令不一致")
        if self.check(user_name, before) is None:
            raise UserError("原口令不对，或账户已锁定")
        if problem := weakness(after, user_name, self._terms.password_length):
            raise UserError(problem)
        if after == before:
            raise UserError("新口令不能与原口令相同")
        self._change(user_name, "password_hash = ?, must_change = 0, password_until = null", (self._hash(after),))

    def check(self, user_name: str, password: str) -> User | None:
        """Return the account when the password is right and it may sign in; otherwise None, whatever the reason.

        Takes as long for an unknown, disabled or locked account as for any other; failures in a row lock an account.
        """
        now, found = _instant(self._clock()), self._row(user_name)
        kept = found["password_hash"] if found and found["password_hash"] else _nobody()
        with _HASHING:
            is_right = _verifies(self._hasher, kept, password)
        if found is None or not found["password_hash"]:
            return None
        if found["locked_until"] and found["locked_until"] > now:
            return None
        is_over = found["password_until"] is not None and found["password_until"] < now
        if not is_right or is_over or found["is_disabled"]:
            self._count_failure(user_name)
            return None
        self._run("update account set failure_count = 0, locked_until = null where user_name = ?", (user_name,))
        if self._hasher.check_needs_rehash(kept):
            self._run("update account set password_hash = ? where user_name = ?", (self._hash(password), user_name))
        return _user(found)

    def find(self, user_name: str) -> User | None:
        """Return an account by name, None when there is none."""
        found = self._row(user_name)
        return None if found is None else _user(found)

    def listed(self) -> list[User]:
        """Return every account, by name."""
        with closing(connect(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            return [_user(row) for row in connection.execute("select * from account order by user_name")]

    def secret(self, name: str) -> bytes:
        """Return 32 random bytes that are made once and kept, such as the key that signs cookies."""
        with closing(connect(self._path)) as connection, connection:
            connection.execute("insert or ignore into secret values (?, ?)", (name, secrets.token_bytes(32)))
            return bytes(connection.execute("select value from secret where name = ?", (name,)).fetchone()[0])

    def _count_failure(self, user_name: str) -> None:
        until = _instant(self._clock() + self._terms.locked)
        self._run(
            "update account set failure_count = iif(failure_count + 1 >= ?, 0, failure_count + 1),"
            " locked_until = iif(failure_count + 1 >= ?, ?, locked_until) where user_name = ?",
            (self._terms.failures, self._terms.failures, until, user_name),
        )

    def _change(self, user_name: str, assignments: str, values: Collection[object]) -> None:
        now = (_instant(self._clock()),)
        with closing(connect(self._path)) as connection, connection:
            connection.execute("begin immediate")
            before = connection.execute(_MANAGERS, now).fetchone()[0]
            changed = connection.execute(f"update account set {assignments} where user_name = ?", (*values, user_name))
            if not changed.rowcount:
                raise UserError(f"没有用户 {user_name}；`mingcha user list` 列出全部账户")
            if before and not connection.execute(_MANAGERS, now).fetchone()[0]:
                raise UserError(f"{user_name} 是最后一名可以登录的管理员，不能停用或改为其他角色；请先指定另一名管理员")
            connection.execute("delete from session where user_name = ?", (user_name,))

    def _row(self, user_name: str) -> sqlite3.Row | None:
        with closing(connect(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            found: sqlite3.Row | None = connection.execute(
                "select * from account where user_name = ?", (user_name,)
            ).fetchone()
        return found

    def _run(self, sql: str, values: Collection[object]) -> None:
        with closing(connect(self._path)) as connection, connection:
            connection.execute(sql, tuple(values))

    def _hash(self, password: str) -> str:
        with _HASHING:
            return self._hasher.hash(password)

    def _after_one_time(self) -> str:
        return _instant(self._clock() + self._terms.one_time)


def weakness(password: str, user_name: str, least: int) -> str:
    """Return what is wrong with a new password, in Chinese; empty when nothing is."""
    kinds = sum(
        any(test(c) for c in password)
        for test in (
            str.islower,
            str.isupper,
            str.isdigit,
            lambda c: not c.isalnum() and c.isascii(),
            lambda c: ord(c) > 127,
        )
    )
    if len(password) < least:
        return f"口令至少 {least} 个字符"
    if len(password) > 200:
        return "口令至多 200 个字符"
    if user_name.lower() in password.lower():
        return "口令不能包含用户名"
    if len(set(password)) < least // 2 or kinds < 2:
        return "口令过于简单：至少用两类字符，且不要重复同一字符"
    return ""


@cache
def _nobody() -> str:
    """The hash that a password of an unknown account is compared with, so that the answer takes as long."""
    return PasswordHasher().hash(secrets.token_hex(16))


def _verifies(hasher: PasswordHasher, kept: str, password: str) -> bool:
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _one_time() -> str:
    # Without characters that look alike: it is read from a screen or a slip of paper.
    letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def _user(row: sqlite3.Row) -> User:
    viewer = Viewer(_role(row["role"]), _set(row["departments"]), _set(row["districts"]))
    return User(
        row["user_name"], row["person_name"], viewer, bool(row["must_change"]), bool(row["is_disabled"]), True,
        row["locked_until"], row["password_until"],
    )  # fmt: skip


def _role(text: str) -> Role:
    return text  # type: ignore[return-value]  # Viewer refuses what is no role


def _listed(values: frozenset[str] | None) -> str | None:
    return None if values is None else json.dumps(sorted(values))


def _set(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(json.loads(text))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
