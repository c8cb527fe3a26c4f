"""Attacks on the sandbox (tests/cases/sandbox_attacks.yaml): each ends as it must, and no word tells a secret."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.warehouse.sandbox.asked import ask
from tests.warehouse.sandbox.planted import SECRET
from warehouse.sandbox.pool import Pool
from warehouse.sandbox.refusal import SandboxError

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "sandbox_attacks.yaml").read_text())
ATTACKS = [(case["attack"], case["ends"], sql) for case in CASES for sql in case["sql"]] + [
    (case["attack"], case["ends"], before + part * times + after)
    for case in CASES
    for before, part, times, after in case.get("repeat", ())
]
STOPPED = {"limit", "failed"}  # a limit of the system, or of the engine, which fails with a message


def outcome(pool: Pool, snapshot: Path, sql: str) -> tuple[str, str]:
    """How a statement ended, and everything that came out of it as text."""
    try:
        rows, end = ask(pool, snapshot, sql)
    except SandboxError as error:
        return error.kind, error.reason
    return "ran", f"{rows} {end}"


@pytest.mark.parametrize(("attack", "ends", "sql"), ATTACKS, ids=[f"{n}-{a[1]}" for n, a in enumerate(ATTACKS)])
def test_an_attack_ends_as_it_must(
    pool: Pool, snapshot: Path, attack: str, ends: str, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    started = time.monotonic()
    how, said = outcome(pool, snapshot, sql)
    assert time.monotonic() - started < pool.limits.seconds + 8, "the caller waited longer than the limit"
    if ends == "refused":
        # what the engine's parser cannot read at all was not run either
        assert how == "refused" or (how == "failed" and "语法错误" in said) or said.startswith("语句不成立"), (
            how,
            said,
        )
    elif ends == "stopped":
        assert how in STOPPED, (how, said[:300])
    for secret in (SECRET, str(snapshot.parent), "snapshot.", "recusal"):
        assert secret not in said or secret in sql.lower(), f"{attack}: {said[:300]}"
    assert list(tmp_path.iterdir()) == []


def test_there_are_enough_of_them() -> None:
    assert len(ATTACKS) >= 100
    assert len({sql for _, _, sql in ATTACKS}) == len(ATTACKS), "the same statement twice"


def test_after_every_attack_the_next_query_is_served(pool: Pool, snapshot: Path) -> None:
    for sql in ("select repeat('x', 2000000000)", "select * from plan.recusal", "select 1 +"):
        outcome(pool, snapshot, sql)
        assert ask(pool, snapshot, "select count(*) from mart.entity_card")[0] == [[500]]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from mart.entity_card where district_code <> '610113'",
        "select count(address) from mart.entity_card",
        "select count(*) from known.inspection where entity_id % 2 = 1",
        "select count(*) from mart.entity_card where name like 'Q%'",
    ],
)
def test_rows_and_columns_of_others_do_not_count(pool: Pool, snapshot: Path, sql: str) -> None:
    assert ask(pool, snapshot, sql)[0] == [[0]]


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(name as integer) from mart.entity_card",
        "select strptime(name, '%Y') from mart.entity_card",
        "select 9223372036854775807 + entity_id from mart.entity_card where entity_id = 998",
        "select cast(name as date) from mart.entity_card order by 1",
    ],
)
def test_an_error_repeats_no_value(pool: Pool, snapshot: Path, sql: str) -> None:
    how, said = outcome(pool, snapshot, sql)
    assert how == "failed"
    assert "雁塔" not in said
    assert "998" not in said


def test_a_plan_names_neither_the_file_nor_its_alias(pool: Pool, snapshot: Path) -> None:
    end: dict[str, Any] = ask(pool, snapshot, "select name from mart.entity_card", explain=True)[1]
    assert "entity_card" in end["plan"]
    assert SECRET not in end["plan"]
