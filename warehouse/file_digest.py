"""SHA-256 of files, remembered for those that stand still: a landing folder keeps what was delivered for years.

A file counts as unchanged by size, inode and both times, as git tells it; the time of the last change (ctime) cannot be
set by whoever changes a file. Not here: what the digests are for.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

# Two changes within one tick of the file system look alike, so that a file this young is read again next time.
_SETTLED_NS = 2_000_000_000


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as hex digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


class FileDigests:
    """Digests by path, kept in one JSON file; one that is lost or cannot be read is made anew."""

    def __init__(self, register: Path) -> None:
        self._register = register
        self._before = _read(register)
        self._now: dict[str, list[int | str]] = {}

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file; read only if it may have changed since."""
        found = path.stat()
        place, mark = str(path.absolute()), [found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns]
        held = self._before.get(place)
        digest = str(held[-1]) if held and held[:-1] == mark else file_digest(path)
        if abs(time.time_ns() - found.st_ctime_ns) > _SETTLED_NS:
            self._now[place] = [*mark, digest]
        return digest

    def keep(self) -> None:
        """Remember the files that were asked for, and no others."""
        if self._now != self._before:
            partial = self._register.with_name(self._register.name + ".partial")
            partial.write_text(json.dumps(self._now, ensure_ascii=False), encoding="utf-8")
            partial.replace(self._register)


def _read(register: Path) -> dict[str, list[int | str]]:
    try:
        found = json.loads(register.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {path: told for path, told in found.items() if isinstance(told, list)} if isinstance(found, dict) else {}
