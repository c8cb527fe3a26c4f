"""A file that stood still is not read again; one that changed is, however it hides it."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from warehouse import file_digest
from warehouse.file_digest import FileDigests


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read."""
    found: list[Path] = []
    whole = file_digest.file_digest
    monkeypatch.setattr(file_digest, "file_digest", lambda path: found.append(path) or whole(path))
    return found


def _asked(folder: Path, path: Path) -> str:
    digests = FileDigests(folder / "seen.json")
    told = digests.of(path)
    digests.keep()
    assert told == hashlib.sha256(path.read_bytes()).hexdigest()
    return told


def _later(monkeypatch: pytest.MonkeyPatch, seconds: int = 60) -> None:
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + seconds * 10**9)


def test_a_file_that_stands_still_is_read_once(
    tmp_path: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "inspection.csv"
    path.write_text("a")
    _later(monkeypatch)
    assert {_asked(tmp_path, path) for _ in range(3)} == {hashlib.sha256(b"a").hexdigest()}
    assert read == [path]


def test_other_bytes_of_the_same_size_and_time_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "inspection.csv"
    path.write_text("a")
    was = path.stat()
    _later(monkeypatch)
    first = _asked(tmp_path, path)
    path.write_text("b")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert _asked(tmp_path, path) != first


def test_another_file_in_its_place_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = tmp_path / "inspection.csv", tmp_path / "other"
    path.write_text("a")
    other.write_text("b")
    _later(monkeypatch)
    first = _asked(tmp_path, path)
    other.replace(path)
    assert _asked(tmp_path, path) != first


def test_a_file_that_may_still_be_written_is_read_again(tmp_path: Path, read: list[Path]) -> None:
    path = tmp_path / "inspection.csv"
    path.write_text("a")
    for _ in range(2):
        _asked(tmp_path, path)
    assert read == [path] * 2


@pytest.mark.parametrize("left", ["", "{", "[1]", '{"x": 1}'])
def test_a_register_that_cannot_be_read_is_made_anew(tmp_path: Path, left: str) -> None:
    path = tmp_path / "inspection.csv"
    path.write_text("a")
    (tmp_path / "seen.json").write_text(left)
    _asked(tmp_path, path)


def test_what_is_gone_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = tmp_path / "inspection.csv", tmp_path / "other.csv"
    path.write_text("a")
    other.write_text("b")
    _later(monkeypatch)
    _asked(tmp_path, path)
    _asked(tmp_path, other)
    assert str(path) not in (tmp_path / "seen.json").read_text()
