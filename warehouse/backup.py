"""Backup and restore of a home: one compressed tar file with a manifest of digests, and nothing that can be rebuilt.

Decisions, accounts and the audit first, then deliveries, checks, the current snapshot, draws, the monthly archive and
the grade ledger. Not the working warehouse, which the next refresh builds from the deliveries, and neither logs nor
files not yet received.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Any

import pyarrow as pa

from warehouse import upgrade
from warehouse.home import Home

_MANIFEST = "manifest.json"
_FORMAT = 1
NAME = "mingcha-*.tar.zst"  # backups that a folder counts
_ENDINGS = (".tar.zst", ".tar.gz")
_STAGING = ".restoring"
_STAYS = {"landing", "logs", "refresh.lock"}  # of a home that is replaced: not in a backup, and still of use


class BackupError(RuntimeError):
    """The backup or restore cannot be made; the message says why, and nothing was left half done."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: files, their bytes, the published run, and deliveries whose bytes are no longer right."""

    path: Path
    file_count: int
    byte_count: int
    snapshot: str | None
    damaged: tuple[str, ...]


class _Writer:
    """Puts files into a tar stream and remembers their digests."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Add `size` bytes of a file that is open, so that its removal meanwhile does no harm."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        hashing = _Hashing(source)
        self._tar.addfile(member, hashing)
        self.files[name] = {"sha256": hashing.digest.hexdigest(), "size": size}

    def add_path(self, root: Path, path: Path) -> None:
        """Add a file that does not change any more."""
        with path.open("rb") as source:
            self.add(path.relative_to(root).as_posix(), source, os.fstat(source.fileno()).st_size)

    def add_lines(self, root: Path, path: Path) -> None:
        """Add a file to which lines are being appended, up to its last whole line."""
        whole = path.read_bytes().rpartition(b"\n")
        content = whole[0] + whole[1]
        self.add(path.relative_to(root).as_posix(), io.BytesIO(content), len(content))


class _Hashing:
    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block


def create(home: Home, out: Path) -> Backup:
    """Write a backup of `home` to `out` (.tar.zst or .tar.gz), in one step: it is whole, or it is not there.

    A refresh may be running: the backup then holds all decisions and every delivery that was received by now, with the
    snapshot that was published before; restored and refreshed, it comes to what the running refresh comes to.

    Raises:
        BackupError: the name ends otherwise, the file exists or cannot be written, or the decisions are damaged.
    """
    if not out.name.endswith(_ENDINGS):
        raise BackupError(f"{out.name}: name the file *{_ENDINGS[0]} or *{_ENDINGS[1]}")
    if out.exists():
        raise BackupError(f"{out} exists; a backup replaces none, name another file")
    partial = out.with_name(out.name + ".partial")
    try:
        with _packed(partial, "wb", out.name) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
            writer = _Writer(tar)
            with TemporaryDirectory(dir=out.parent) as folder:
                writer.add_path(Path(folder), _decisions(home, Path(folder) / home.state.name))
                for kept in (home.users, home.audit):
                    if kept.exists():
                        writer.add_path(Path(folder), _copied(kept, Path(folder) / kept.name))
            damaged = _deliveries(home, writer)
            snapshot = _snapshot(home, writer)
            _rest(home, writer)
            told = {
                "format": _FORMAT,
                "made_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
                "code_version": version("mingcha"),
                "layout": upgrade.LAYOUT,
                "snapshot": snapshot,
                "files": writer.files,
            }
            manifest = json.dumps(told, ensure_ascii=False, indent=1).encode()
            files = dict(writer.files)
            writer.add(_MANIFEST, io.BytesIO(manifest), len(manifest))
        partial.chmod(0o600)
        with partial.open("rb") as handle:
            os.fsync(handle.fileno())
        partial.rename(out)
    except OSError as error:
        raise BackupError(f"{out} cannot be written: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return Backup(out, len(files), sum(f["size"] for f in files.values()), snapshot, tuple(damaged))


def _decisions(home: Home, target: Path) -> Path:
    """Copy state.sqlite as of one instant, while others write to it."""
    if not home.state.exists():
        raise BackupError(f"{home.root} holds no decisions and no deliveries; is it the right --home?")
    return _copied(home.state, target)


def _copied(file: Path, target: Path) -> Path:
    try:
        with closing(sqlite3.connect(file, timeout=30)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("pragma journal_mode = delete")
            if file.name == "users.sqlite":
                copy.execute("delete from session")  # a session that ended meanwhile must not come back to life
                copy.commit()
            found = copy.execute("pragma quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise BackupError(
            f"{file} cannot be copied ({found}); if it is damaged, restore the last backup into another --home"
        )
    return target


def _deliveries(home: Home, writer: _Writer) -> list[str]:
    """Add the registers as they are now and the files they list; returns files whose bytes are not as received."""
    damaged = []
    for register in sorted(home.deliveries.glob("*/*.jsonl")):
        content = register.read_bytes()
        writer.add(register.relative_to(home.root).as_posix(), io.BytesIO(content), len(content))
        if register.name != "deliveries.jsonl":
            continue
        for delivery in map(json.loads, content.decode().splitlines()):
            path = home.deliveries / delivery["stored"]
            name = path.relative_to(home.root).as_posix()
            if name in writer.files:
                continue
            with suppress(FileNotFoundError):
                writer.add_path(home.root, path)
            if writer.files.get(name, {}).get("sha256") != delivery["sha256"]:
                damaged.append(name)
    return damaged


def _snapshot(home: Home, writer: _Writer) -> str | None:
    """Add the snapshot that CURRENT names, with its status; None when nothing is published."""
    pointer = home.serving / "CURRENT"
    while pointer.exists():
        name = pointer.read_text().strip()
        status = home.serving / name.replace("serving-", "status-").replace(".duckdb", ".json")
        try:
            with (home.serving / name).open("rb") as database:
                told = status.read_bytes()
                writer.add(f"serving/{name}", database, os.fstat(database.fileno()).st_size)
        except FileNotFoundError:
            if pointer.read_text().strip() == name:
                raise BackupError(f"{pointer} names {name}, which is not there; run `mingcha refresh` first") from None
            continue  # two refreshes went by since the pointer was read
        writer.add(f"serving/{status.name}", io.BytesIO(told), len(told))
        writer.add("serving/CURRENT", io.BytesIO(name.encode()), len(name.encode()))
        return name
    return None


def _rest(home: Home, writer: _Writer) -> None:
    for path in sorted(home.quality.glob("*.jsonl")):
        writer.add_lines(home.root, path)
    folders = (
        home.archive, home.ledger, home.draws, home.plans, home.results, home.policies, home.monitoring, home.models
    )  # fmt: skip
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".partial"):
            with suppress(FileNotFoundError):  # a demonstration draw whose snapshot went meanwhile
                writer.add_path(home.root, path)
    if home.version.exists():
        writer.add_path(home.root, home.version)


def restore(file: Path, root: Path, *, force: bool = False) -> Backup:
    """Restore a backup into the home at `root`, after every digest was verified; the next refresh builds the rest.

    With `force` a home that holds something is replaced; what it held lies in `<root>/replaced-<time>` afterwards.

    Raises:
        BackupError: the file is damaged or made by a newer code, or the home is not empty and `force` is not given.
        HomeBusyError: a refresh of that home is running.
    """
    root = root.expanduser().resolve()
    if not force and any(_replaceable(root)):
        raise BackupError(f"{root} is not empty; restore into another --home, or say --force to replace what it holds")
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    staging = root / _STAGING
    shutil.rmtree(staging, ignore_errors=True)
    with Home(root).writing():
        try:
            manifest = _unpacked(file, staging)
            aside = root / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}"
            for path in _replaceable(root):
                aside.mkdir(exist_ok=True, mode=0o700)
                path.rename(aside / path.name)
            for path in sorted(staging.iterdir()):
                path.rename(root / path.name)
            Home(root).landing.mkdir(exist_ok=True, mode=0o700)  # a refresh needs nothing new, but a place to look
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    files = manifest["files"]
    return Backup(file, len(files), sum(f["size"] for f in files.values()), manifest["snapshot"], ())


def _replaceable(root: Path) -> list[Path]:
    """Return what a backup takes the place of; what an earlier restore set aside or left half done is none of it."""
    found = sorted(root.iterdir()) if root.exists() else []
    return [p for p in found if p.name not in _STAYS and not p.name.startswith((_STAGING, "replaced-"))]


def _unpacked(file: Path, target: Path) -> dict[str, Any]:
    """Unpack into `target` and return the manifest, with which every file agrees."""
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with _packed(file, "rb", file.name) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isreg() else None
                name = PurePosixPath(member.name)
                if source is None or name.is_absolute() or ".." in name.parts:
                    raise BackupError(f"{file} holds {member.name!r}, which no backup of ours does")
                if member.name == _MANIFEST:
                    manifest = json.loads(source.read())
                else:
                    hashing, path = _Hashing(source), target / name
                    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    with path.open("wb") as handle:
                        shutil.copyfileobj(hashing, handle)
                    path.chmod(0o600)
                    found[member.name] = {"sha256": hashing.digest.hexdigest(), "size": member.size}
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise BackupError(f"{file} cannot be read ({error}); take another backup") from error
    if manifest is None:
        raise BackupError(f"{file} ends before its manifest; it was cut off, take another backup")
    if manifest["format"] > _FORMAT or manifest["layout"] > upgrade.LAYOUT:
        raise BackupError(f"{file} was made by mingcha {manifest['code_version']}; restore it with that one")
    if wrong := sorted(n for n in {*found, *manifest["files"]} if found.get(n) != manifest["files"].get(n)):
        raise BackupError(f"{file} is damaged: {', '.join(wrong[:5])} differ from the manifest; take another backup")
    return manifest


@contextmanager
def _packed(path: Path, mode: str, name: str) -> Iterator[Any]:
    """Open a compressed stream by the ending of its name; Zstandard is several times faster than gzip."""
    if name.endswith(".gz"):
        with gzip.open(path, mode, **({"compresslevel": 6} if mode == "wb" else {})) as stream:  # type: ignore[call-overload]
            yield stream
    else:
        opened = pa.CompressedOutputStream if mode == "wb" else pa.CompressedInputStream
        with pa.OSFile(str(path), mode) as file, opened(file, "zstd") as stream:
            yield stream
