"""The archive of delivered files: every file kept byte for byte, once, with its digest and time of receipt.

Knows nothing of what is inside a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from warehouse.feed import Feed, FeedError, Source


@dataclass(frozen=True)
class Delivery:
    """One delivered file; `name` is its path below the data folder, `received_at` an instant in UTC."""

    feed_id: str
    name: str
    sha256: str
    size: int
    received_at: str
    stored: str
    watermark: str | None = None

    def load_id(self, source_id: str) -> str:
        """Return the id of loading this file as `source_id`: the same name and bytes give the same id."""
        return hashlib.sha256(f"{self.feed_id}/{source_id}/{self.name}/{self.sha256}".encode()).hexdigest()[:16]


class Archive:
    """Delivered files below `root`/<feed>, listed in deliveries.jsonl beside them (append-only)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def listed(self, feed_id: str) -> list[Delivery]:
        """Return all deliveries of a feed in order of receipt."""
        register = self._register(feed_id)
        lines = register.read_text().splitlines() if register.exists() else []
        return [Delivery(**json.loads(line)) for line in lines]

    def _register(self, feed_id: str) -> Path:
        return self.root / feed_id / "deliveries.jsonl"

    def of_source(self, feed: Feed, source: Source) -> list[Delivery]:
        """Return the deliveries whose name matches the source's file pattern."""
        return [d for d in self.listed(feed.feed) if fnmatch(d.name, source.pattern)]

    def path(self, delivery: Delivery) -> Path:
        """Return where the bytes of a delivery lie."""
        return self.root / delivery.stored

    def receive(self, feed: Feed, data: Path, progress: Callable[[str], None] = lambda _: None) -> list[Delivery]:
        """Archive every file below `data` that a source of `feed` names and that is not archived yet.

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
        known = {(d.name, d.sha256) for d in self.listed(feed.feed)}
        new = []
        for name in names:
            progress(name)
            digest = _digest(data / name)
            if (name, digest) not in known:
                new.append(self.store(feed, data / name, name))
        return new

    def store(self, feed: Feed, path: Path, name: str, watermark: str | None = None) -> Delivery:
        """Archive one file under `name` and list it; `watermark` is how far a pulled table has been read."""
        digest = _digest(path)
        stored = f"{feed.feed}/{digest[:16]}-{Path(name).name}"
        _copy(path, self.root / stored)
        delivery = Delivery(feed.feed, name, digest, path.stat().st_size, _now(), stored, watermark)
        with self._register(feed.feed).open("a") as register:
            register.write(json.dumps(asdict(delivery), ensure_ascii=False) + "\n")
            register.flush()
            os.fsync(register.fileno())
        return delivery


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    partial.rename(target)
