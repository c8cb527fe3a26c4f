"""Backup and restore: what is in it, while others write; what is refused; and that figures come back the same."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from pipelines.cli import app
from tests.conftest import refresh
from tests.warehouse.small import GRADES
from warehouse import backup, upgrade
from warehouse.audit import Audit
from warehouse.backup import BackupError, create, restore
from warehouse.home import Home, HomeBusyError
from warehouse.serving import ServingReader
from warehouse.sign_ins import SignIns
from warehouse.state import State
from warehouse.users import Users

SNAPSHOT = "serving-20260101T020000-aaaa.duckdb"


def put(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def deliver(home: Home, name: str, content: bytes) -> Path:
    digest = hashlib.sha256(content).hexdigest()
    stored = f"city/{digest[:16]}-{name}"
    line = {
        "feed_id": "city",
        "name": name,
        "sha256": digest,
        "size": len(content),
        "stored": stored,
        "watermark": None,
    }
    with (home.deliveries / "city" / "deliveries.jsonl").open("a") as register:
        register.write(json.dumps({**line, "received_at": "2026-01-01T02:00:00"}) + "\n")
    return put(home.deliveries / stored, content)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Everything a home can hold, and what a backup leaves out."""
    home = Home.at(tmp_path / "home")
    State(home.state).record("reveal", "plan", "监督员", "公开抽签", {"value": "7"})
    users = Users(home.users, SignInTerms.today())
    password = users.add("li.na", "", Viewer("leader"))
    user = users.check("li.na", password)
    assert user is not None
    SignIns(home.users, users, SignInTerms.today()).start(user, "127.0.0.1")
    (home.deliveries / "city").mkdir()
    deliver(home, "visits.csv", b"a,b\n1,2\n")
    put(home.serving / SNAPSHOT, bytes(range(256)) * 5000)
    put(home.serving / "status-20260101T020000-aaaa.json", "{}")
    put(home.serving / "CURRENT", SNAPSHOT)
    put(home.quality / "runs.jsonl", '{"run_id": 1}\n')
    put(home.draws / "plan-20260101T020000-aaaa" / "plan.json", "{}")
    put(home.archive / "2026-01" / "grades.parquet", "PAR1")
    put(home.models / "category.npz", b"PK")
    put(home.version, json.dumps({"layout": upgrade.LAYOUT}))
    for name in (
        "warehouse.duckdb",
        "logs/mingcha.log",
        "landing/late.csv",
        "serving/serving-20251231T020000-bbbb.duckdb",
    ):
        put(home.root / name, "left out")
    return home


def held(root: Path) -> dict[str, bytes]:
    """Every file of a home but the lock and those of SQLite, which may lay out its bytes anew."""
    found = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    return {name: content for name, content in found.items() if ".sqlite" not in name and name != "refresh.lock"}


@pytest.mark.parametrize("ending", ["tar.zst", "tar.gz"])
def test_what_cannot_be_derived_comes_back(home: Home, tmp_path: Path, ending: str) -> None:
    made = create(home, tmp_path / f"b.{ending}")
    done = restore(made.path, tmp_path / "new")
    left_out = ("warehouse.duckdb", "logs/", "landing/", "serving/serving-2025")
    expected = {name: content for name, content in held(home.root).items() if not name.startswith(left_out)}
    assert held(tmp_path / "new") == expected
    assert len(expected) + 3 == made.file_count == done.file_count  # and decisions, accounts, audit
    assert made.snapshot == done.snapshot == SNAPSHOT
    assert made.damaged == ()
    assert State(tmp_path / "new" / "state.sqlite").events("reveal") == State(home.state).events("reveal")
    assert list(Audit(tmp_path / "new" / "audit.sqlite").everything()) == list(Audit(home.audit).everything())
    assert [u.user_name for u in Users(tmp_path / "new" / "users.sqlite", SignInTerms.today()).listed()] == ["li.na"]
    with closing(sqlite3.connect(tmp_path / "new" / "users.sqlite")) as connection:
        assert connection.execute("select count(*) from session").fetchone() == (0,), "a session came back to life"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"b.{ending}", "home", "new"]


def test_the_file_is_an_ordinary_one(home: Home, tmp_path: Path) -> None:
    """Standard tools open it and its manifest names what is in it, decisions first."""
    made = create(home, tmp_path / "b.tar.gz")
    with tarfile.open(made.path) as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
    assert names[0] == "state.sqlite"
    assert names[-1] == "manifest.json"
    assert set(manifest["files"]) == set(names[:-1])
    digest = hashlib.sha256((home.serving / SNAPSHOT).read_bytes()).hexdigest()
    assert manifest["files"][f"serving/{SNAPSHOT}"] == {"sha256": digest, "size": 256 * 5000}
    if zstd := shutil.which("zstd"):
        packed = create(home, tmp_path / "b.tar.zst").path
        assert subprocess.run([zstd, "-t", str(packed)], capture_output=True, check=False).returncode == 0


def test_a_backup_beside_a_running_refresh_holds_whole_things_only(home: Home, tmp_path: Path) -> None:
    """Files not listed yet, half a line of the checks, a candidate: none of it; decisions made meanwhile: a beginning."""
    put(home.deliveries / "city" / "0123456789abcdef-coming.csv", "not listed yet")
    put(home.serving / "serving-20260102T020000-cccc.duckdb.building", "half")
    with (home.quality / "runs.jsonl").open("a") as handle:
        handle.write('{"run_id": 2')
    stop, state = threading.Event(), State(home.state)

    def decide() -> None:
        while not stop.is_set():
            state.record("override", "plan", "科长", "复核", {})

    writer = threading.Thread(target=decide)
    writer.start()
    try:
        with home.writing():
            made = create(home, tmp_path / "b.tar.zst")
    finally:
        stop.set()
        writer.join(30)
    restore(made.path, tmp_path / "new")
    found = held(tmp_path / "new")
    assert found["quality/runs.jsonl"] == b'{"run_id": 1}\n'
    assert not any("coming" in name or "building" in name for name in found)
    old, new = state.events("override"), State(tmp_path / "new" / "state.sqlite").events("override")
    assert new == old[: len(new)]
    assert len(state.events("reveal")) == 1


def test_deliveries_that_are_no_longer_what_was_received_are_named(home: Home, tmp_path: Path) -> None:
    rotten, lost = deliver(home, "rotten.csv", b"a,b\n"), deliver(home, "lost.csv", b"c,d\n")
    rotten.write_bytes(b"a,c\n")
    lost.unlink()
    told = CliRunner().invoke(app, ["backup", "--out", str(tmp_path / "b.tar.gz"), "--home", str(home.root)])
    assert told.exit_code == 3
    assert rotten.name in told.output
    assert lost.name in told.output
    assert restore(tmp_path / "b.tar.gz", tmp_path / "new").file_count > 5


def test_what_cannot_be_backed_up_is_refused(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackupError, match=r"name the file \*.tar.zst or \*.tar.gz"):
        create(home, tmp_path / "b.zip")
    with pytest.raises(BackupError, match="exists; a backup replaces none"):
        create(home, put(tmp_path / "old.tar.gz", "precious"))
    assert (tmp_path / "old.tar.gz").read_text() == "precious"
    with pytest.raises(BackupError, match="right --home"):
        create(Home.at(tmp_path / "other"), tmp_path / "b.tar.gz")
    with pytest.raises(BackupError, match="cannot be written"):
        create(home, tmp_path / "nowhere" / "b.tar.gz")
    (home.serving / SNAPSHOT).unlink()
    with pytest.raises(BackupError, match=r"names serving-.*, which is not there"):
        create(home, tmp_path / "b.tar.gz")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "old.tar.gz", "other"]


def test_damaged_decisions_are_not_backed_up_in_silence(home: Home, tmp_path: Path) -> None:
    for _ in range(400):
        State(home.state).record("override", "plan", "科长", "复核" * 50, {})
    with sqlite3.connect(home.state) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    content = bytearray(home.state.read_bytes())
    content[3 * 4096 : 5 * 4096] = b"\xff" * (2 * 4096)
    home.state.write_bytes(content)
    with pytest.raises(BackupError, match="damaged"):
        create(home, tmp_path / "b.tar.gz")
    assert not (tmp_path / "b.tar.gz").exists()


def rewritten(source: Path, target: Path, change: Any) -> Path:
    """A backup whose members went through `change(name, content)`; None drops one."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = (old.extractfile(member) or io.BytesIO()).read()
            changed = change(member.name, content)
            if changed is not None:
                name, body = changed
                info = tarfile.TarInfo(name)
                info.size = len(body)
                new.addfile(info, io.BytesIO(body))
    return target


def of_manifest(**facts: Any) -> Any:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, json.dumps(json.loads(content) | facts).encode() if name == "manifest.json" else content

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda n, c: (n, c[:-1] + b"X") if n.endswith("visits.csv") else (n, c),
            "is damaged: raw/city/.*visits.csv differ",
        ),
        (lambda n, c: None if n == f"serving/{SNAPSHOT}" else (n, c), "is damaged: serving/"),
        (lambda n, c: None if n == "manifest.json" else (n, c), "ends before its manifest"),
        (lambda n, c: ("../outside" if n == "VERSION" else n, c), "which no backup of ours does"),
        (lambda n, c: ("/outside" if n == "VERSION" else n, c), "which no backup of ours does"),
        (of_manifest(layout=upgrade.LAYOUT + 1, code_version="9.9"), "made by mingcha 9.9; restore it with that one"),
        (of_manifest(format=2, code_version="9.9"), "made by mingcha 9.9"),
    ],
)
def test_a_backup_that_is_not_right_changes_nothing(home: Home, tmp_path: Path, change: Any, told: str) -> None:
    whole = create(home, tmp_path / "b.tar.gz").path
    wrong = rewritten(whole, tmp_path / "wrong.tar.gz", change)
    with pytest.raises(BackupError, match=told):
        restore(wrong, tmp_path / "new")
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["refresh.lock"]
    before = held(home.root)
    with pytest.raises(BackupError, match=told):
        restore(wrong, home.root, force=True)
    assert held(home.root) == before
    restore(whole, tmp_path / "new")  # the attempt left nothing in the way


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_cut_off_backup_is_no_backup(home: Home, tmp_path: Path, part: float) -> None:
    for ending in ("tar.zst", "tar.gz"):
        whole = create(home, tmp_path / f"b.{ending}").path.read_bytes()
        cut = put(tmp_path / f"cut.{ending}", whole[: int(part * len(whole))])
        with pytest.raises(BackupError, match=r"cannot be read|ends before its manifest"):
            restore(cut, tmp_path / "new")
    with pytest.raises(BackupError, match="cannot be read"):
        restore(put(tmp_path / "text.tar.gz", gzip.compress(b"no tar")), tmp_path / "new")


def test_a_home_that_holds_something_is_replaced_only_by_force(home: Home, tmp_path: Path) -> None:
    made = create(home, tmp_path / "b.tar.zst")
    State(home.state).record("reveal", "plan", "监督员", "误录", {"value": "8"})
    with pytest.raises(BackupError, match=r"not empty; .* say --force"):
        restore(made.path, home.root)
    with home.writing(), pytest.raises(HomeBusyError):
        restore(made.path, home.root, force=True)
    restore(made.path, home.root, force=True)
    assert len(State(home.state).events("reveal")) == 1
    assert not home.warehouse.exists()
    assert (home.landing / "late.csv").exists()
    (aside,) = home.root.glob("replaced-*")
    assert len(State(aside / "state.sqlite").events("reveal")) == 2
    assert (aside / "warehouse.duckdb").read_text() == "left out"


def test_a_folder_takes_backups_by_time_and_keeps_the_newest(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    put(folder / "mingcha-20200101T000000Z.tar.zst", "old")
    put(folder / "mingcha-20200102T000000Z.tar.zst", "older than the new one")
    put(folder / "notes.txt", "not ours")
    command = ["backup", "--home", str(home.root), "--out"]
    assert CliRunner().invoke(app, [*command, str(folder), "--keep", "2"]).exit_code == 0
    names = sorted(p.name for p in folder.iterdir())
    assert names[0] == "mingcha-20200102T000000Z.tar.zst"
    assert names[2:] == ["notes.txt"]
    assert CliRunner().invoke(app, [*command, str(folder / "b.tar.gz"), "--keep", "2"]).exit_code == 2
    told = CliRunner().invoke(app, ["restore", str(folder / names[1]), "--home", str(tmp_path / "new")])
    assert told.exit_code == 0
    assert SNAPSHOT in told.output
    assert CliRunner().invoke(app, ["restore", str(folder / names[1]), "--home", str(tmp_path / "new")]).exit_code == 1


def test_two_refreshes_during_a_backup_do_not_spoil_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot that CURRENT named is gone when it is opened; the one it names now is taken."""
    newer = SNAPSHOT.replace("0101T", "0103T")
    deliveries = backup._deliveries

    def meanwhile(*given: Any) -> list[str]:
        put(home.serving / newer, "newer")
        put(home.serving / newer.replace("serving-", "status-").replace(".duckdb", ".json"), "{}")
        return deliveries(*given)

    class Racing(type(home.root)):  # type: ignore[misc]
        def open(self, *given: Any, **named: Any) -> Any:
            if self.name == SNAPSHOT:
                put(home.serving / "CURRENT", newer)
                (home.serving / SNAPSHOT).unlink(missing_ok=True)
            return super().open(*given, **named)

    monkeypatch.setattr(backup, "_deliveries", meanwhile)
    made = create(Home(Racing(home.root)), tmp_path / "b.tar.gz")
    assert made.snapshot == newer
    restore(made.path, tmp_path / "new")
    assert (tmp_path / "new" / "serving" / newer).read_text() == "newer"


def test_refresh_backup_restore_refresh_gives_the_same_grades(
    own_home: Path, chicago_data: Path, tmp_path: Path
) -> None:
    State(Home.at(own_home).state).record("reveal", "P-2026-01", "监督员", "公开抽签", {"value": "甲 7"})
    made = create(Home.at(own_home), tmp_path / "b.tar.zst")
    new = tmp_path / "elsewhere"
    restore(made.path, new)
    reader, restored = ServingReader(own_home), ServingReader(new)
    before = reader.query(GRADES)
    assert restored.query(GRADES).equals(before)
    status = refresh(new, new / "landing")  # nothing is delivered again: the archive is enough
    assert restored.query(GRADES).equals(before)
    assert [event.payload["value"] for event in State(new / "state.sqlite").events("reveal")] == ["甲 7"]
    assert status["input_digest"] == reader.query("select input_digest from run.info").item()
    reader.close()
    restored.close()
