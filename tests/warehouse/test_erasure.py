"""Erasing a person: nothing of the home says who it was, what happened stays, and others are not touched."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.matching.credit_code import valid_codes
from tests.warehouse import small, zone
from warehouse import decisions, erasure, ledger, monthly
from warehouse.feed import load_feed
from warehouse.home import Home
from warehouse.redact import redact, replaced
from warehouse.serving import ServingReader
from warehouse.state import State

FEED = load_feed(small.PACKS / "simulated")
WORDS = {"张记面馆": "已匿名1", "92610102MA0000000X": "92610102MA1111111Y"}


@pytest.mark.parametrize(("file_format", "encoding"), [("csv", "utf-8"), ("csv", "gb18030"), ("jsonl", "utf-8")])
def test_a_text_file_keeps_all_but_the_words(tmp_path: Path, file_format: str, encoding: str) -> None:
    path, target = tmp_path / "a", tmp_path / "b"
    path.write_bytes("92610102MA0000000X,张记面馆,㐂𠮷\r\n,李记,1\n".encode(encoding))
    assert redact(path, target, file_format, encoding, WORDS)
    assert target.read_bytes().decode(encoding) == "92610102MA1111111Y,已匿名1,㐂𠮷\r\n,李记,1\n"
    target.unlink()
    path.write_bytes("李记".encode(encoding))
    assert not redact(path, target, file_format, encoding, WORDS)
    assert not target.exists()


def test_a_parquet_file_keeps_its_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1, 2], "name": ["到张记面馆检查", None]})
    frame.write_parquet(tmp_path / "a")
    assert redact(tmp_path / "a", tmp_path / "b", "parquet", "utf-8", WORDS)
    assert pl.read_parquet(tmp_path / "b").rows() == [(1, "到已匿名1检查"), (2, None)]
    assert not redact(tmp_path / "b", tmp_path / "c", "parquet", "utf-8", WORDS)


def test_a_workbook_is_rewritten_part_by_part(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w") as book:
        book.writestr("xl/sharedStrings.xml", "<si><t>张记面馆&amp;李记</t></si>")
        book.writestr("xl/media/x.bin", b"\xff\x00")
    assert redact(tmp_path / "a", tmp_path / "b", "xlsx", "utf-8", WORDS)
    with zipfile.ZipFile(tmp_path / "b") as book:
        assert book.read("xl/sharedStrings.xml").decode() == "<si><t>已匿名1&amp;李记</t></si>"
        assert book.read("xl/media/x.bin") == b"\xff\x00"
    assert not redact(tmp_path / "b", tmp_path / "c", "xlsx", "utf-8", WORDS)
    assert not (tmp_path / "c").exists()


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("张".encode("gb18030"))
    with pytest.raises(ValueError, match=r"a\.csv"):
        redact(tmp_path / "a.csv", tmp_path / "b", "csv", "utf-8", WORDS)


@given(st.text("abX", max_size=30))
def test_no_word_survives_and_a_longer_one_goes_first(text: str) -> None:
    after = replaced(text, {"ab": "-", "abX": "+"})
    assert "ab" not in after
    assert after.count("+") == text.count("abX")


def test_a_sole_proprietor_disappears_from_a_home_and_the_events_stay(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    zone.publish(home, zone.delivered(tmp_path / "zone"), zone.LAST_DAY, "r1")
    ledger.keep(home)
    monthly.keep(home)
    reader = ServingReader(home.root)
    entity, code, name = reader.query(
        "select e.entity_id, e.entity_code, e.name from known.entity as e join known.inspection as i"
        " on i.entity_id = e.entity_id where e.legal_form = 'sole_proprietor' order by e.entity_id limit 1"
    ).row(0)
    company = reader.query("select entity_code from known.entity where legal_form = 'company' limit 1").item()
    kinds = "select count(*), sum(problem_count), sum(inspection_count) from mart.entity_card"
    before = reader.query(kinds).rows()
    state = State(home.state, lambda: datetime(2026, 10, 1, tzinfo=UTC))
    decisions.record(state, "deletion", entity, "窗口", f"{code} 申请删除", zone.LAST_DAY)

    with pytest.raises(ValueError, match="no sole proprietor"):
        erasure.proprietor(home, company)
    with pytest.raises(ValueError, match="no entity"):
        erasure.proprietor(home, "X")
    plan = erasure.proprietor(home, code)
    assert valid_codes([plan.words[code]])[0]
    done = erasure.carry_out(home, [FEED], plan, "法制", "申请 1 号")
    assert done.delivered > 0
    assert (done.grade_files, done.events) == (2, 1)
    assert erasure.pending(home) == plan, "until the snapshots are gone it is not done"
    zone.publish(home, tmp_path / "zone", zone.LAST_DAY, "r2")  # the same files once more: they are not received again
    assert len(erasure.finish(home)) == 1
    assert erasure.pending(home) is None

    for path in home.root.rglob("*"):
        if path.is_file() and path.name != "warehouse.duckdb":
            content = path.read_bytes()
            for word in (code, *([] if name in plan.shared else [name])):
                assert word.encode() not in content, path
                assert word.encode("gb18030") not in content, path
    assert reader.query(kinds).rows() == before, "what was done and found stays"
    now = reader.query("select name from known.entity where entity_id = ?", [plan.new_id]).item()
    assert name in plan.shared or now == plan.words[name]
    assert reader.query("select count(*) from known.entity where entity_id = ?", [entity]).item() == 0
    ledger.verify(home)
    assert ledger.of_entity(home, ledger.runs(home)[0], plan.new_id).height == 1
    assert [d.entity_id for d in decisions.listed(state)] == [plan.new_id]
    (event,) = state.events(erasure.KIND)
    assert event.actor == "法制"
    assert code not in json.dumps(event.payload)


@pytest.mark.slow
def test_an_inspector_becomes_a_number_drawn_at_random(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    zone.publish(home, zone.delivered(tmp_path / "zone"), zone.LAST_DAY, "r1")
    reader = ServingReader(home.root)
    number = reader.query("select inspector_id from entity.inspector order by 1 limit 1").item()
    with pytest.raises(ValueError, match="no inspector"):
        erasure.inspector(home, "nobody")
    plan = erasure.inspector(home, number)
    assert set(plan.words) > {number}, "the certificate goes with the number"
    erasure.carry_out(home, [FEED], plan, "人事", "离职申请")
    zone.publish(home, tmp_path / "zone", zone.LAST_DAY, "r2")
    left = reader.query("select inspector_id from entity.inspector").to_series().to_list()
    assert number not in left
    assert plan.words[number] in left
