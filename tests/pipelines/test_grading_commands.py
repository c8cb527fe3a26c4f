"""The commands about grades and decisions: what they say, what they refuse, and the code they exit with."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from models.policy.loader import BUILT_IN, Policy
from tests.conftest import AS_OF
from tests.pipelines.test_cli import fails, mingcha
from warehouse.serving import ServingReader


@pytest.fixture
def code(small_home: Path) -> str:
    asked = "select e.entity_code from grade.grade as g join known.entity as e on e.entity_id = g.entity_id order by 1"
    return str(ServingReader(small_home).query(asked).row(0)[0])


def test_a_request_is_registered_listed_and_answered_by_somebody_else(own_home: Path, code: str) -> None:
    asked = (
        "decide",
        "request",
        code,
        "--kind",
        "human_review",
        "--actor",
        "甲",
        "--reason",
        "复核",
        "--home",
        own_home,
    )
    told = mingcha(*asked)
    assert told.exit_code == 0, told.output
    assert "to be answered by 20" in told.output
    listed = mingcha("decisions", "--open", "--home", own_home).output
    assert "human_review" in listed
    assert "甲: 复核" in listed
    answer = ("decide", "answer", "1", "--outcome", "refused", "--reason", "等级无误", "--home", own_home)
    assert "somebody else" in fails(2, *answer, "--actor", "甲")
    assert mingcha(*answer, "--actor", "乙").exit_code == 0
    assert "refused by 乙" in mingcha("decisions", "--home", own_home).output
    assert "no decision is listed" in mingcha("decisions", "--open", "--home", own_home).output


def test_an_override_needs_a_grade_of_the_scale_and_ends_in_time(own_home: Path, code: str) -> None:
    made = ("decide", "override", code, "--pack", "credit", "--actor", "甲", "--reason", "纪要", "--from", "2026-01-01")
    home = ("--home", own_home)
    assert "one of A, B, C, D" in fails(2, *made, "--grade", "E", "--until", "2026-02-01", *home)
    assert "2026-06-29 at the latest" in fails(2, *made, "--grade", "B", "--until", "2026-06-30", *home)
    assert "before it begins" in fails(2, *made, "--grade", "B", "--until", "2025-12-31", *home)
    assert mingcha(*made, "--grade", "B", "--until", "2026-06-29", *home).exit_code == 0
    withdrawn = mingcha("decide", "withdraw", "1", "--actor", "乙", "--reason", "撤回", *home)
    assert withdrawn.exit_code == 0
    assert "[withdrawn]" in mingcha("decisions", *home).output


def test_what_nobody_has_is_said(own_home: Path, code: str, tmp_path: Path) -> None:
    who = ("--actor", "甲", "--reason", "x", "--home", own_home)
    assert "no entity NOBODY" in fails(2, "decide", "request", "NOBODY", "--kind", "access", *who)
    assert "has no record penalty:P0" in fails(2, "decide", "repair", code, "--record", "penalty:P0", *who)
    assert "a request is one of" in fails(2, "decide", "request", code, "--kind", "pardon", *who)
    assert "no entity NOBODY" in fails(2, "explain", "NOBODY", "--home", own_home)
    assert "nothing is published" in fails(1, "explain", code, "--home", tmp_path / "new")
    assert "no sole proprietor" in fails(2, "erase", code, *who) or "legal persons" in fails(2, "erase", code, *who)


def test_the_ledger_is_listed_verified_and_compared(own_home: Path) -> None:
    listed = mingcha("grades", "runs", "--home", own_home)
    assert listed.exit_code == 0, listed.output
    assert str(AS_OF) in listed.output
    same = mingcha("grades", "diff", str(AS_OF), str(AS_OF), "--home", own_home)
    assert "no entity changes grade" in same.output
    assert "no run was published as of 2001-01-01" in fails(
        2, "grades", "diff", "2001-01-01", str(AS_OF), "--home", own_home
    )
    ledger = own_home / "ledger" / "runs.jsonl"
    ledger.write_text(ledger.read_text("utf-8").replace(str(AS_OF), "2001-01-01"), "utf-8")
    next((own_home / "ledger").glob("*.parquet")).write_bytes(b"")
    assert "not as it was written" in fails(1, "grades", "runs", "--home", own_home)


def test_a_proposed_policy_is_compared_entity_by_entity(own_home: Path, tmp_path: Path) -> None:
    (tmp_path / "draft" / "scorecard").mkdir(parents=True)
    cuts = Policy.load().at(AS_OF).value("scorecard.credit")["grades"]["cuts"]
    told = f"cuts: [{', '.join(map(str, cuts))}]"
    text = (BUILT_IN / "scorecard" / "credit.yaml").read_text(encoding="utf-8")
    (tmp_path / "draft" / "scorecard" / "credit.yaml").write_text(
        text.replace(told, "cuts: [99.9, 99.8, 99.7]"), "utf-8"
    )
    out = tmp_path / "moves.csv"
    done = mingcha("policy", "diff", tmp_path / "draft", "--csv", out, "--home", own_home)
    assert done.exit_code == 0, done.output
    assert "rules that differ: scorecard.credit" in done.output
    assert "entities" in done.output
    with out.open(encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["pack_id"] for row in rows} >= {"credit"}
    assert "does not exist" in fails(2, "policy", "diff", tmp_path / "no", "--home", own_home)


def test_an_explanation_sums_up_and_the_letter_is_for_the_entity_alone(
    own_home: Path, code: str, tmp_path: Path
) -> None:
    told = mingcha("explain", code, "--home", own_home)
    assert told.exit_code == 0, told.output
    assert "credit:" in told.output
    assert "sum of" in told.output
    letter = tmp_path / "letter.txt"
    assert mingcha("explain", code, "--letter", letter, "--home", own_home).exit_code == 0
    said = letter.read_text("utf-8")
    assert code in said
    assert "你的权利" in said
    assert letter.stat().st_mode & 0o077 == 0
