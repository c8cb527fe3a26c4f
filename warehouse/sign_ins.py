"""Sessions of people who signed in, and tokens of wall screens: made, found again, ended; kept in users.sqlite.

Only digests of tokens are kept. Not here: accounts and passwords (users), cookies (dashboards/session).
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from warehouse.users import User, UserError, Users, connect

SEEN_EVERY = timedelta(seconds=30)  # how often a use of a session is written down


@dataclass(frozen=True)
class WallToken:
    """One wall screen that may look without signing in: its name, what it sees, from where, until when (UTC)."""

    name: str
    viewer: Viewer
    address: str | None
    made_at: str
    until: str


class SignIns:
    """Sessions and wall tokens of one home; `clock` tells the instant (with zone)."""

    def __init__(
        self, path: Path, users: Users, terms: SignInTerms, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path, self._users, self._terms, self._clock = path, users, terms, clock

    def start(self, user: User, address: str) -> str:
        """Begin a session and return its token; of a person known elsewhere (OIDC) it keeps the role and scope."""
        token, now = secrets.token_urlsafe(32), self._now()
        viewer = None if user.is_local else _told(user.viewer, user.person_name)
        with closing(connect(self._path)) as connection, connection:
            connection.execute("delete from session where started_at < ?", (self._now(-self._terms.session),))
            connection.execute(
                "insert into session values (?, ?, ?, ?, ?, ?)",
                (_digest(token), user.user_name, now, now, address, viewer),
            )
        return token

    def user(self, token: str, *, is_active: bool = True) -> User | None:
        """Return who a session belongs to, None when it has ended: idle, too old, signed out or ended by others.

        `is_active`: the person did something; a page that only refreshes itself keeps no session alive.
        """
        with closing(connect(self._path)) as connection, connection:
            row = connection.execute(
                "select user_name, seen_at, viewer from session"
                " where token_digest = ? and started_at >= ? and seen_at >= ?",
                (_digest(token), self._now(-self._terms.session), self._now(-self._terms.idle)),
            ).fetchone()
            if row is None:
                return None
            if is_active and row[1] < self._now(-SEEN_EVERY):
                connection.execute(
                    "update session set seen_at = ? where token_digest = ?", (self._now(), _digest(token))
                )
        if row[2] is not None:
            viewer, person = _viewer(row[2])
            return User(row[0], person, viewer, is_local=False)
        found = self._users.find(row[0])
        return None if found is None or found.is_disabled else found

    def end(self, token: str) -> None:
        """End a session; one that is not there is no error."""
        self._delete("session", "token_digest", _digest(token))

    def end_all(self, user_name: str) -> None:
        """End every session of an account."""
        self._delete("session", "user_name", user_name)

    def allow_wall(self, name: str, viewer: Viewer, address: str | None = None) -> str:
        """Allow a wall screen to look, and return its token, which is nowhere kept.

        Raises:
            UserError: the name is taken, or `address` is neither an address nor a network.
        """
        try:
            network = str(ipaddress.ip_network(address, strict=False)) if address else None
        except ValueError:
            raise UserError(f"{address!r} is neither an address nor a network, such as 10.1.2.0/24") from None
        token = secrets.token_urlsafe(32)
        values = (_digest(token), name, _told(viewer, name), network, self._now(), self._now(self._terms.wall))
        try:
            with closing(connect(self._path)) as connection, connection:
                connection.execute("insert into wall_token values (?, ?, ?, ?, ?, ?)", values)
        except sqlite3.IntegrityError:
            raise UserError(f"a wall {name!r} is allowed already; revoke it first, or take another name") from None
        return token

    def wall(self, token: str, address: str) -> WallToken | None:
        """Return what a wall screen may see, None when its token is unknown, revoked, over, or used from elsewhere."""
        with closing(connect(self._path)) as connection:
            row = connection.execute(
                "select name, viewer, address, made_at, until from wall_token where token_digest = ? and until >= ?",
                (_digest(token), self._now()),
            ).fetchone()
        if row is None or (row[2] and not _is_within(address, row[2])):
            return None
        return WallToken(row[0], _viewer(row[1])[0], *row[2:])

    def walls(self) -> list[WallToken]:
        """Return the wall screens that are allowed, by name."""
        with closing(connect(self._path)) as connection:
            rows = connection.execute(
                "select name, viewer, address, made_at, until from wall_token order by name"
            ).fetchall()
        return [WallToken(name, _viewer(viewer)[0], *rest) for name, viewer, *rest in rows]

    def revoke_wall(self, name: str) -> None:
        """Take a wall screen's token back. Raises UserError when there is none of this name."""
        if not self._delete("wall_token", "name", name):
            raise UserError(f"no wall {name!r} is allowed; `mingcha wall list` names them")

    def _delete(self, table: str, column: str, value: str) -> int:
        with closing(connect(self._path)) as connection, connection:
            return connection.execute(f"delete from {table} where {column} = ?", (value,)).rowcount

    def _now(self, shift: timedelta = timedelta()) -> str:
        return (self._clock() + shift).astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_within(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except ValueError:
        return False


def _told(viewer: Viewer, person: str) -> str:
    parts = {"role": viewer.role, "person": person}
    scopes = {"departments": viewer.departments, "districts": viewer.districts}
    return json.dumps(parts | {name: None if part is None else sorted(part) for name, part in scopes.items()})


def _viewer(text: str) -> tuple[Viewer, str]:
    told = json.loads(text)
    scopes = (None if told[name] is None else frozenset(told[name]) for name in ("departments", "districts"))
    return Viewer(told["role"], *scopes), told["person"]
