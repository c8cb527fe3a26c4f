"""The audit of one home: who did what, when, from where, with what result; append-only, each row sealed by the next.

Not here: decisions themselves (state), log files of the processes (pipelines/logs), and who may read the audit.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KINDS = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "password": "修改口令",
    "user": "用户管理",
    "wall_token": "大屏令牌",
    "refused": "越权被拒",
    "query": "SQL 查询",
    "export": "导出",
    "draw": "抽取",
    "decision": "人工决定",
    "audit": "查看审计",
}
_NO_UPDATE = """create trigger if not exists audit_no_update before update on audit
begin select raise(abort, 'the audit is append-only'); end;"""
_NO_DELETE = """create trigger if not exists audit_no_delete before delete on audit
begin select raise(abort, 'the audit is append-only'); end;"""
_SCHEMA = f"""
create table if not exists audit (
    audit_no integer primary key autoincrement,
    at text not null,
    kind text not null,
    actor text not null check (actor <> ''),
    role text not null,
    address text not null,
    subject text not null,
    result text not null,
    details text not null,
    seal text not null
);
create index if not exists audit_at on audit (at);
create trigger if not exists audit_no_replace before insert on audit
when new.audit_no in (select audit_no from audit)
begin select raise(abort, 'the audit is append-only'); end;
{_NO_UPDATE}
{_NO_DELETE}
"""
_COLUMNS = "audit_no, at, kind, actor, role, address, subject, result, details, seal"
LONGEST = 4000  # characters of a subject or detail; a longer one is cut and says so


@dataclass(frozen=True)
class Entry:
    """One thing done: when (UTC), what kind (of KINDS), who in which role from where, on what, with what result."""

    audit_no: int
    at: str
    kind: str
    actor: str
    role: str
    address: str
    subject: str
    result: str
    details: dict[str, Any]
    seal: str


class Audit:
    """The audit of one home; `clock` tells the instant (with zone) of an entry."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path, self._clock = path, clock
        with closing(self._connect()) as connection:
            connection.executescript(_SCHEMA)
        path.chmod(0o600)

    def record(
        self,
        kind: str,
        actor: str,
        subject: str,
        result: str = "ok",
        role: str = "",
        address: str = "",
        **details: object,
    ) -> int:
        """Append an entry and return its number.

        Raises:
            ValueError: the kind is not one of KINDS, or nobody did it.
        """
        if kind not in KINDS or not actor:
            raise ValueError(f"an audit entry has a kind of {', '.join(KINDS)} and an actor; got {kind!r}, {actor!r}")
        told = json.dumps({k: _cut(v) for k, v in details.items()}, ensure_ascii=False, sort_keys=True, default=str)
        at = self._clock().astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
        row = (at, kind, actor, role, address, str(_cut(subject)), result, told)
        with closing(self._connect()) as connection, connection:
            connection.execute("begin immediate")
            before = connection.execute("select seal from audit order by audit_no desc limit 1").fetchone()
            seal = _seal(before[0] if before else "", row)
            cursor = connection.execute(
                "insert into audit (at, kind, actor, role, address, subject, result, details, seal)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, seal),
            )
            return int(cursor.lastrowid or 0)

    def entries(
        self, *, kind: str = "", actor: str = "", since: str = "", until: str = "", limit: int = 1000, before: int = 0
    ) -> list[Entry]:
        """Return entries, latest first: of a kind, of a person, between two instants (UTC, ISO), below a number."""
        asked: Mapping[str, object] = {
            "kind = ?": kind, "actor = ?": actor, "at >= ?": since, "at < ?": until, "audit_no < ?": before,
        }  # fmt: skip
        held = {clause: value for clause, value in asked.items() if value}
        where = " and ".join(["true", *held])
        with closing(self._connect()) as connection:
            rows = connection.execute(
                f"select {_COLUMNS} from audit where {where} order by audit_no desc limit ?", [*held.values(), limit]
            ).fetchall()
        return [_entry(row) for row in rows]

    def latest(self, kind: str) -> dict[str, str]:
        """Return when each person last did something of a kind (UTC, ISO)."""
        with closing(self._connect()) as connection:
            return dict(
                connection.execute("select actor, max(at) from audit where kind = ? group by actor", [kind]).fetchall()
            )

    def everything(self) -> Iterator[Entry]:
        """Yield every entry, oldest first."""
        with closing(self._connect()) as connection:
            for row in connection.execute(f"select {_COLUMNS} from audit order by audit_no"):
                yield _entry(row)

    def broken(self, last_ones: int = 0) -> int | None:
        """Return the number of the first entry that was changed, or that follows a removed one; None when none was.

        The oldest entry is taken as it is: what stood before it may have been forgotten by rule. With `last_ones` only
        that many of the latest entries are looked at.
        """
        seal, last = None, 0
        asked = f"select {_COLUMNS} from audit where audit_no > (select max(audit_no) from audit) - ? order by audit_no"
        with closing(self._connect()) as connection:
            for number, *row, found in connection.execute(asked, [last_ones or 2**62]):
                if seal is not None and (found != _seal(seal, tuple(row)) or number != last + 1):
                    return int(number)
                seal, last = found, number
        return None

    def forget(self, before: datetime) -> int:
        """Remove entries older than an instant (with zone) and return how many; the one exception to append-only."""
        until = before.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
        with closing(self._connect()) as connection, connection:
            connection.execute("begin immediate")
            connection.execute("drop trigger audit_no_delete")
            removed = connection.execute("delete from audit where at < ?", [until]).rowcount
            connection.execute(_NO_DELETE)
        return removed

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        return connection


def _cut(value: object) -> object:
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + f"…（共 {len(value)} 字符）"
    return value


def _seal(before: str, row: tuple[object, ...]) -> str:
    return hashlib.sha256((before + json.dumps(row, ensure_ascii=False)).encode()).hexdigest()


def _entry(row: tuple[Any, ...]) -> Entry:
    number, at, kind, actor, role, address, subject, result, details, seal = row
    return Entry(number, at, kind, actor, role, address, subject, result, json.loads(details), seal)
