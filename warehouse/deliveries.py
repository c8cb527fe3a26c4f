"""The archive of delivered files: every file kept byte for byte, once, with its digest and time of receipt.

Knows nothing of what is inside a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from warehouse.feed import Feed, FeedError, Source
from warehouse.file_digest import FileDigests, file_digest


@dataclass(frozen=True)
class Delivery:
    """One delivered file; `name` is its path below the data folder, `received_at` an instant in UTC.

    `occurrence` counts deliveries of the same bytes under the same name: a file may go back to what it was.
    """

    feed_id: str
    name: str
    sha256: str
    size: int
    received_at: str
    stored: str
    watermark: str | None = None
    occurrence: int = 1

    def load_id(self, source_id: str) -> str:
        """Return the id of loading this file as `source_id`: the same name, bytes and occurrence give the same id."""
        again = f"/{self.occurrence}" if self.occurrence > 1 else ""
        return hashlib.sha256(f"{self.feed_id}/{source_id}/{self.name}/{self.sha256}{again}".encode()).hexdigest()[:16]


class Archive:
    """Delivered files below `root`/<feed>, listed in deliveries.jsonl beside them; removed ones in removed.jsonl."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def listed(self, feed_id: str) -> list[Delivery]:
        """Return all deliveries of a feed in order of receipt."""
        return _read(self._register(feed_id))

    def _register(self, feed_id: str, name: str = "deliveries") -> Path:
        return self.root / feed_id / f"{name}.jsonl"

    def of_source(self, feed: Feed, source: Source) -> list[Delivery]:
        """Return the deliveries whose name matches the source's file pattern."""
        return [d for d in self.listed(feed.feed) if fnmatch(d.name, source.pattern)]

    def path(self, delivery: Delivery) -> Path:
        """Return where the bytes of a delivery lie."""
        return self.root / delivery.stored

    def receive(self, feed: Feed, data: Path, progress: Callable[[str], None] = lambda _: None) -> list[Delivery]:
        """Archive what lies below `data` of the sources of `feed`, unless it was delivered so last, or was removed.

        Returns the new deliveries. Files are copied, then listed: a crash between leaves an unlisted copy that the
        next call overwrites.

        Raises:
            FeedError: `data` does not exist, or holds no file of any source.
        """
        if not data.is_dir():
            raise FeedError(f"data folder {data} does not exist; name one with --data")
        patterns = sorted({source.files for source in feed.sources.values() if source.format != "postgres"})
        if not patterns:
            return []
        names = sorted({str(p.relative_to(data)) for pattern in patterns for p in data.glob(pattern) if p.is_file()})
        if not names and not self.listed(feed.feed):
            raise FeedError(f"{data} holds no file of feed {feed.feed}; expected {', '.join(patterns)}")
        removed = {(d.name, d.sha256) for d in _read(self._register(feed.feed, "removed"))}
        last = {d.name: d.sha256 for d in self.listed(feed.feed)}
        came = []
        digests = FileDigests(self.root / feed.feed / "seen.json")
        for name in names:
            progress(name)
            digest = digests.of(data / name)
            if last.get(name) != digest and (name, digest) not in removed:
                came.append(self._kept(feed, data / name, name, digest))
        listed = self._list(feed, came)
        digests.keep()
        return listed

    def store(self, feed: Feed, path: Path, name: str, watermark: str | None = None) -> Delivery:
        """Archive one file under `name` and list it; `watermark` is how far a pulled table has been read."""
        return self._list(feed, [self._kept(feed, path, name, file_digest(path), watermark)])[0]

    def _kept(self, feed: Feed, path: Path, name: str, digest: str, watermark: str | None = None) -> Delivery:
        """Copy a file to its place in the archive; it is no delivery yet."""
        stored = f"{feed.feed}/{digest[:16]}-{Path(name).name}"
        _copy(path, self.root / stored)
        return Delivery(feed.feed, name, digest, path.stat().st_size, _now(), stored, watermark)

    def _list(self, feed: Feed, came: Sequence[Delivery]) -> list[Delivery]:
        """Put files that were copied on the list, all at once, and return them as listed."""
        if not came:
            return []
        listed = self.listed(feed.feed)
        before = Counter((d.name, d.sha256) for d in listed)
        new = [replace(d, occurrence=before[d.name, d.sha256] + 1) for d in came]
        _write(self._register(feed.feed), [*listed, *new])
        return new

    def replace(self, old: Delivery, path: Path) -> Delivery:
        """Put other bytes in the place of a delivery, received when it was; its own are removed and not received again.

        The new file goes first, the old one last: after a crash in between the list names a file that is there.
        """
        digest = file_digest(path)
        stored = f"{old.feed_id}/{digest[:16]}-{Path(old.name).name}"
        _copy(path, self.root / stored)
        new = replace(old, sha256=digest, size=path.stat().st_size, stored=stored)
        removed = self._register(old.feed_id, "removed")
        _write(removed, [*_read(removed), old])
        listed = [new if delivery == old else delivery for delivery in self.listed(old.feed_id)]
        _write(self._register(old.feed_id), listed)
        if all(delivery.stored != old.stored for delivery in listed):
            self.path(old).unlink(missing_ok=True)
        return new

    def forget(self, feed_id: str, gone: Collection[Delivery]) -> list[Path]:
        """Take deliveries off the list and remove their files, which are returned; they are not received again.

        The list goes first: a crash in between leaves files that nobody lists.
        """
        if not gone:
            return []
        kept = [d for d in self.listed(feed_id) if d not in gone]
        removed = self._register(feed_id, "removed")
        _write(removed, [*_read(removed), *gone])
        _write(self._register(feed_id), kept)
        paths = sorted({self.path(d) for d in gone} - {self.path(d) for d in kept})
        for path in paths:
            path.unlink(missing_ok=True)
        return paths


def _read(register: Path) -> list[Delivery]:
    lines = register.read_text(encoding="utf-8").splitlines() if register.exists() else []
    return [Delivery(**json.loads(line)) for line in lines]


def _write(register: Path, deliveries: Collection[Delivery]) -> None:
    """Replace a register in one step: a full disk or a crash must not leave half a line in it."""
    partial = register.with_name(register.name + ".partial")
    with partial.open("w", encoding="utf-8") as handle:
        handle.writelines(json.dumps(asdict(delivery), ensure_ascii=False) + "\n" for delivery in deliveries)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(register)


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    with partial.open("rb") as handle:
        os.fsync(handle.fileno())
    partial.rename(target)
