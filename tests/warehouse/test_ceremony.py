"""The steps of a draw keep their order, whatever is tried, and its bundles are the same bytes twice.

The rules of the protocol are tested in tests/models/test_draw_*.py.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from models.sampling import editions, verify
from models.sampling.announcement import Reveal
from pipelines.cli import app
from tests.models import plans
from warehouse import ceremony, typeset
from warehouse import protocol_pdf as minutes
from warehouse.ceremony import Ceremony, OrderError, Who
from warehouse.frozen_plan import read_frozen, write_frozen
from warehouse.home import Home
from warehouse.protocol_pdf import protocol_pdf

PLAN = plans.city()
WHO = Who("主持人", "公开抽签")
BY = date(2026, 11, 25)
PARTIES = ("公证处", "纪检组", "企业代表")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home.at(tmp_path / "home")
    write_frozen(PLAN, found.root / "plans" / PLAN.plan_id)
    return found


@pytest.fixture
def drawing(home: Home) -> Ceremony:
    return Ceremony.of(home, PLAN.plan_id)


def secrets_of(drawing: Ceremony, number: int, parties: tuple[str, ...] = PARTIES) -> list[Reveal]:
    made = [Reveal(party, f"{place:064x}", f"值 {number} {place}") for place, party in enumerate(parties)]
    for one in made:
        drawing.commit(one.party, one.commitment(PLAN.plan_id, number), WHO)
    return made


def test_from_commitment_to_a_bundle_that_verifies_and_is_the_same_twice(drawing: Ceremony, tmp_path: Path) -> None:
    secrets = secrets_of(drawing, 1)
    path, digest = drawing.announce(BY, WHO)
    assert editions.sha256(path.read_bytes()) == digest
    for one in secrets[::-1]:
        drawing.reveal(one, WHO)
    told = drawing.draw(tmp_path / "a.zip", tmp_path / "a-public.zip", WHO)
    assert drawing.draw(tmp_path / "b.zip", tmp_path / "b-public.zip", WHO) == told
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a-public.zip").read_bytes() == (tmp_path / "b-public.zip").read_bytes()
    assert "list and teams hold" in verify.verify(tmp_path / "a.zip", digest)
    assert "all were in the frame" in verify.verify(tmp_path / "a-public.zip", digest)
    manifest = json.loads(zipfile.ZipFile(tmp_path / "a-public.zip").read("manifest.json"))
    assert manifest["auditors_manifest"] == told["auditors_manifest"]
    assert (tmp_path / "a.zip").stat().st_mode & 0o077 == 0


def test_a_changed_byte_of_the_archive_is_caught(drawing: Ceremony, tmp_path: Path) -> None:
    secrets = secrets_of(drawing, 1)
    drawing.announce(BY, WHO)
    for one in secrets:
        drawing.reveal(one, WHO)
    drawing.draw(tmp_path / "a.zip", tmp_path / "p.zip", WHO)
    whole = (tmp_path / "a.zip").read_bytes()
    files, same = verify.open_bundle(tmp_path / "a.zip"), 0
    for place in range(40, len(whole), len(whole) // 60):
        (tmp_path / "c.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 64]) + whole[place + 1 :])
        if not verify.main([str(tmp_path / "c.zip")]):  # a bit that only the archive reads, such as a time
            assert verify.open_bundle(tmp_path / "c.zip") == files
            same += 1
    assert same < 20


def test_no_step_comes_out_of_its_order(drawing: Ceremony, tmp_path: Path) -> None:
    early = Reveal("公证处", "0" * 64, "7")
    with pytest.raises(OrderError, match="is not announced"):
        drawing.reveal(early, WHO)
    with pytest.raises(OrderError, match="is not announced"):
        drawing.draw(tmp_path / "a.zip", tmp_path / "p.zip", WHO)
    with pytest.raises(OrderError, match="is not announced"):
        drawing.prove("E001")
    drawing.commit("公证处", early.commitment(PLAN.plan_id, 1), WHO)
    with pytest.raises(OrderError, match="1 parties have committed"):
        drawing.announce(BY, WHO)
    with pytest.raises(OrderError, match="committed itself for round 1 already"):
        drawing.commit("公证处", "0" * 64, WHO)
    with pytest.raises(ValueError, match="64 lower-case hex digits"):
        drawing.commit("纪检组", "7", WHO)
    other = Reveal("纪检组", "1" * 64, "8")
    drawing.commit("纪检组", other.commitment(PLAN.plan_id, 1), WHO)
    drawing.announce(BY, WHO)
    with pytest.raises(OrderError, match="no value can be sealed any more"):
        drawing.commit("企业代表", "0" * 64, WHO)
    with pytest.raises(OrderError, match="announced and open"):
        drawing.announce(BY, WHO)
    with pytest.raises(ValueError, match="does not fit its commitment"):
        drawing.reveal(replace(early, value="8"), WHO)
    with pytest.raises(ValueError, match="does not fit its commitment"):
        drawing.reveal(Reveal("路人", "0" * 64, "7"), WHO)
    drawing.reveal(early, WHO)
    drawing.reveal(early, WHO)
    with pytest.raises(ValueError, match="纪检组 did not reveal"):
        drawing.draw(tmp_path / "a.zip", tmp_path / "p.zip", WHO)
    assert not (tmp_path / "a.zip").exists()


def test_a_refusal_voids_the_round_and_bars_the_party(drawing: Ceremony, tmp_path: Path) -> None:
    secrets = secrets_of(drawing, 1)
    drawing.announce(BY, WHO)
    for one in secrets[:2]:
        drawing.reveal(one, WHO)
    with pytest.raises(OrderError, match="may reveal until 2026-11-25"):
        drawing.refuse("企业代表", BY, WHO)
    with pytest.raises(ValueError, match="公证处 is not among those"):
        drawing.refuse("公证处", BY + timedelta(days=1), WHO)
    assert drawing.refuse("企业代表", BY + timedelta(days=1), WHO) == 1
    with pytest.raises(OrderError, match="round 1 of plan P-2026-01 is void"):
        drawing.reveal(secrets[2], WHO)
    with pytest.raises(OrderError, match="企业代表 refused"):
        drawing.commit("企业代表", "0" * 64, WHO)
    again = secrets_of(drawing, 2, ("公证处", "纪检组", "消费者代表"))
    drawing.announce(BY + timedelta(days=5), WHO)
    with pytest.raises(ValueError, match="does not fit"):
        drawing.reveal(secrets[0], WHO)  # a value of the void round
    for one in again:
        drawing.reveal(one, WHO)
    drawing.draw(tmp_path / "a.zip", tmp_path / "p.zip", WHO)
    assert "list and teams hold" in verify.verify(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert json.loads(archive.read("announcement-2.json"))["refused"] == ["企业代表"]


def test_a_frozen_plan_that_was_changed_is_refused(drawing: Ceremony, home: Home, tmp_path: Path) -> None:
    secrets = secrets_of(drawing, 1)
    path, _ = drawing.announce(BY, WHO)
    for one in secrets:
        drawing.reveal(one, WHO)
    recusals = home.root / "plans" / PLAN.plan_id / "recusals.csv"
    kept = recusals.read_text(encoding="utf-8")
    recusals.write_text("".join(kept.splitlines(keepends=True)[:-1]), encoding="utf-8")
    with pytest.raises(ValueError, match="was changed after its freeze"):
        drawing.draw(tmp_path / "a.zip", tmp_path / "p.zip", WHO)
    recusals.write_text(kept, encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("示范", "其他"), encoding="utf-8")
    with pytest.raises(ValueError, match="is not what was announced"):
        drawing.draw(tmp_path / "a.zip", tmp_path / "p.zip", WHO)


def test_entities_that_nobody_may_visit_stop_the_announcement(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    few = replace(PLAN, inspectors=PLAN.inspectors.filter(pl.col("inspector_id") < "I03"))
    write_frozen(few, home.root / "plans" / few.plan_id)
    drawing = Ceremony.of(home, few.plan_id)
    secrets_of(drawing, 1)
    with pytest.raises(ValueError, match=r"entities of plan P-2026-01 could not be visited .*\n.*1 of 2 may go"):
        drawing.announce(BY, WHO)
    assert not (home.root / "plans" / few.plan_id / "key.txt").exists()


def test_a_frozen_plan_is_read_as_it_was_written_and_never_rewritten(tmp_path: Path) -> None:
    folder = write_frozen(PLAN, tmp_path / "p")
    assert write_frozen(PLAN, folder) == folder
    assert plans.files_equal(read_frozen(folder), PLAN)
    with pytest.raises(FileExistsError, match="another plan is frozen"):
        write_frozen(replace(PLAN, title="其他"), folder)
    (folder / "plan.json").write_text((folder / "plan.json").read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(ValueError, match="not in canonical form"):
        read_frozen(folder)
    (folder / "leaves.csv").unlink()
    with pytest.raises(ValueError, match=r"lacks leaves\.csv"):
        read_frozen(folder)
    with pytest.raises(FileNotFoundError, match="freeze the plan first"):
        read_frozen(tmp_path / "nowhere")


def test_the_minutes_need_a_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.typeset.FONT", "No Such Font")
    with pytest.raises(typeset.FontMissingError, match="fonts-noto-cjk"):
        protocol_pdf(plans.auditors(PLAN))


def test_the_minutes_are_chinese_and_have_every_glyph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set again as a picture, with warnings: no missing glyph, no unknown font, no text that would be read as markup."""
    import typst

    odd = replace(PLAN, title='*药品* #检查 $1 [x] \\ "引号" <a> @b _c_')
    files = plans.auditors(odd)
    pages, warnings = typst.compile_with_warnings(
        typeset.document(odd.title, minutes.source(files)).encode(), format="png", ppi=30
    )
    assert warnings == []
    assert len(pages) >= 2
    made = protocol_pdf(files)
    assert made.startswith(b"%PDF")
    assert b"NotoSansCJK" in made
    assert protocol_pdf(files) == made


def test_the_commands(home: Home, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app, [*words])
        return f"{done.exit_code} {done.output}"

    at, who = ("--home", str(home.root)), ("--actor", "主持人", "--reason", "公开抽签")
    one, other = tmp_path / "1.json", tmp_path / "2.json"
    assert "2 give either" in run("commit", "P-2026-01", "--party", "公证处", *who, *at)
    assert "0 " in run("commit", "P-2026-01", "--party", "公证处", "--value", "08 16 22", "--out", str(one), *who, *at)
    assert one.stat().st_mode & 0o077 == 0
    assert "0 " in run("commit", "P-2026-01", "--party", "纪检组", "--value", "7", "--out", str(other), *who, *at)
    assert "2 plan P-2026-01 is not announced" in run("reveal", "P-2026-01", "--file", str(one), *who, *at)
    assert "publish this digest" in run("announce", "P-2026-01", "--reveal-by", "2026-11-25", *who, *at)
    assert "0 the value of 公证处 fits" in run("reveal", "P-2026-01", "--file", str(one), *who, *at)
    out, public = tmp_path / "bundle.zip", tmp_path / "bundle-public.zip"
    assert "2 纪检组 did not reveal" in run("draw", "--plan", "P-2026-01", "--out", str(out), *at)
    assert str(public) in run("draw", "--plan", "P-2026-01", "--reveal", str(other), "--out", str(out), *at)
    assert run("verify", str(out)).startswith("0 OK")
    assert run("verify", str(out), "--announced", "0" * 64).startswith("1")
    assert "was in the frame" not in run("verify", str(public))
    proof = tmp_path / "proof.json"
    assert run("proof", "P-2026-01", "--entity", "E001", "--out", str(proof), *at).startswith("0")
    assert "E001 was in the frame" in run("verify", str(public), "--proof", str(proof))
    assert "in no frame" in run("proof", "P-2026-01", "--entity", "E999", "--out", str(proof), *at)
    assert "2 no plan is frozen" in run("announce", "nowhere", "--reveal-by", "2026-11-25", *who, *at)
    assert "may reveal until" in run("refuse", "P-2026-01", "--party", "公证处", *who, *at)
    assert "holds no revealed value" in run("reveal", "P-2026-01", "--file", str(out), *who, *at)
    assert ceremony.folder_of(home, str(home.root / "plans" / "P-2026-01")) == home.root / "plans" / "P-2026-01"
