"""The layout of a home over the versions of this code: recognised, brought forward, or refused with what to do.

Only what lies in a home; the program itself is renewed with its packages (docs/operate.md).
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.metadata import version
from typing import Any

import duckdb

from warehouse.catalog import contracts
from warehouse.home import Home
from warehouse.stamps import digest
from warehouse.state import SCHEMA, State

# 0: homes made before VERSION. 1: VERSION, numbered steps of state.sqlite.
LAYOUT = 1
# Step n brings state.sqlite from user_version n - 1 to n. Steps are only ever added, and decisions never changed.
STATE_STEPS: tuple[str, ...] = (
    SCHEMA,  # 1: also completes files made before steps were numbered, which lack a trigger
)


class LayoutError(RuntimeError):
    """The home is not one that this code can work with; the message says what to do."""


def check(home: Home) -> None:
    """Refuse a home that a newer code made; one of an older code can be read, and the next refresh upgrades it.

    Raises:
        LayoutError: the home or its decisions have a layout that this code does not know.
    """
    found = _told(home).get("layout", 0)
    if not isinstance(found, int) or found > LAYOUT:
        raise LayoutError(
            f"{home.root} has layout {found}, this mingcha {version('mingcha')} knows {LAYOUT}; install the mingcha"
            " that made it, or restore a backup of an older one into another --home"
        )
    number = _state_number(home)
    if number > len(STATE_STEPS):
        raise LayoutError(
            f"{home.state} has step {number}, this mingcha {version('mingcha')} knows {len(STATE_STEPS)}; its decisions"
            " would suffer, so install the mingcha that made it"
        )


def prepare(home: Home) -> list[str]:
    """Bring a home to the layout of this code, inside `Home.writing()`; returns what was done, in words.

    Raises:
        LayoutError: see `check`.
    """
    check(home)
    done = _migrate(home)
    told = _told(home)
    now = {"layout": LAYOUT, "warehouse": _maker(), "code_version": version("mingcha")}
    if home.warehouse.exists() and told.get("warehouse") != now["warehouse"]:
        for path in (home.warehouse, home.warehouse.with_name(home.warehouse.name + ".wal")):
            path.unlink(missing_ok=True)
        done.append("other code made warehouse.duckdb; it is built anew from the archived deliveries")
    if told != now:
        partial = home.version.with_suffix(".partial")
        partial.write_text(json.dumps(now) + "\n", encoding="utf-8")
        partial.replace(home.version)
    return done


def _migrate(home: Home) -> list[str]:
    is_new = not home.state.exists()
    State(home.state)
    done = []
    with closing(sqlite3.connect(home.state, timeout=10)) as connection:
        for number, step in enumerate(STATE_STEPS, start=1):
            if number > _state_number(home):
                connection.executescript(f"begin immediate; {step}; pragma user_version = {number}; commit;")
                done.append(f"state.sqlite brought to step {number}")
    return [] if is_new else done


def _state_number(home: Home) -> int:
    if not home.state.exists():
        return 0
    with closing(sqlite3.connect(home.state, timeout=10)) as connection:
        return int(connection.execute("pragma user_version").fetchone()[0])


def _told(home: Home) -> dict[str, Any]:
    """Return what VERSION says; nothing in a home that is new or older than VERSION."""
    try:
        found = json.loads(home.version.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise LayoutError(f"{home.version} cannot be read ({error}); restore it from a backup") from error
    if not isinstance(found, dict):
        raise LayoutError(f"{home.version} holds no layout; restore it from a backup")
    return found


def _maker() -> str:
    """Return a hash over what decides whether a warehouse file fits: code, engine, tables that stand between runs."""
    tables = [t for stage in ("raw", "run", "quarantine") for t in contracts(stage).values()]
    return digest(version("mingcha"), duckdb.__version__, *map(repr, tables))
