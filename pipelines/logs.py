"""The log of an installation: one JSON object a line in <home>/logs/mingcha.log, rotated by size.

Who did what, when and with which outcome; never personal data and never what a row says. No progress (progress) and no
summary (console).
"""

from __future__ import annotations

import fcntl
import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import catalog
from warehouse.home import Home
from warehouse.retention import Keeping

_LOGGER = logging.getLogger("mingcha")  # Flask names the logger of the pages after the application, which is the same
_PRIVATE = re.compile(r"[^\x20-\x7e]+|[0-9]{6,}")
_OWN_CODE = re.compile(r".*/(?=(?:dashboards|models|pipelines|quality|warehouse)/)")


def start(home: Home) -> None:
    """Write what this process tells into the log of `home`, and nothing of what libraries say below an error."""
    keeping = Keeping.configured()
    stop()
    handler = LogFile(home.logs / "mingcha.log", keeping.log_bytes, keeping.log_files)
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False


def stop() -> None:
    """Write nothing any more."""
    for handler in list(_LOGGER.handlers):
        _LOGGER.removeHandler(handler)
    _LOGGER.propagate = True


def tell(event: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Write one record: what happened, and facts about it (names, counts, days, seconds; no content of rows)."""
    _LOGGER.log(level, event, extra={"facts": facts})


def tell_error(error: BaseException, **facts: object) -> None:
    """Write what went wrong: its kind, its cause without content, and where in our code."""
    tell("error", level=logging.ERROR, **facts, **cause(error))


@contextmanager
def errors_told() -> Iterator[None]:
    """Tell of an error that passes by."""
    try:
        yield
    except Exception as error:
        tell_error(error)
        raise


def without_content(message: str) -> str:
    """Return the first line of an error message with everything taken out that may come from a row.

    Quoted words stay only when they all name columns or tables of ours; what is not ASCII, and runs of six and more
    digits, go.
    """
    line = message.strip().splitlines()[0] if message.strip() else ""
    for quote in "'\"`":
        line = _without_quoted(line, quote)
    return _PRIVATE.sub("…", line)[:500]


def _without_quoted(line: str, quote: str) -> str:
    """Take out everything between the first and the last quote: a value may hold quotes itself."""
    before, *quoted = line.split(quote)
    is_paired = len(quoted) % 2 == 0
    if not quoted or (is_paired and _names().issuperset(quoted[::2])):
        return line
    return f"{before}{quote}…{quote}{quoted[-1]}" if is_paired else f"{before}{quote}…"


def _names() -> set[str]:
    tables = catalog.all_contracts()
    return {t.name for t in tables} | {t.qualified for t in tables} | {c.name for t in tables for c in t.columns}


class LogFile(logging.Handler):
    """Appends records to a file that several processes share; `files` of at most `size` bytes are kept."""

    def __init__(self, path: Path, size: int, files: int) -> None:
        super().__init__()
        self._path, self._size, self._files = path, size, files

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a log that cannot be written stops nobody."""
        line = json.dumps(_told(record), ensure_ascii=False, default=str) + "\n"
        with suppress(OSError), self._path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._rotate(len(line.encode()))
            with self._path.open("a", encoding="utf-8") as handle:
                handle.write(line)
            self._path.chmod(0o600)

    def _rotate(self, coming: int) -> None:
        if not self._path.exists() or self._path.stat().st_size + coming <= self._size:
            return
        numbered = [self._path, *(self._path.with_name(f"{self._path.name}.{n}") for n in range(1, self._files))]
        if len(numbered) == 1:
            self._path.unlink()
        for older, newer in zip(reversed(numbered[1:]), reversed(numbered[:-1]), strict=True):
            if newer.exists():
                newer.replace(older)


def _told(record: logging.LogRecord) -> dict[str, Any]:
    told: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "pid": record.process,
    }
    facts = getattr(record, "facts", None)
    if facts is not None:
        return {**told, "event": record.getMessage(), **facts}
    if record.exc_info and record.exc_info[1] is not None:  # its message names the address that was asked for
        return {**told, "event": "error", **cause(record.exc_info[1])}
    return {**told, "event": "message", "cause": without_content(record.getMessage())}


def cause(error: BaseException) -> dict[str, Any]:
    """Return an error as facts: its kind, its message without content, and where in our code it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f"{_OWN_CODE.sub('', f.filename)}:{f.lineno}" for f in frames if _OWN_CODE.match(f.filename)]
    return {"kind": type(error).__name__, "cause": without_content(str(error)), "code": own[-1] if own else None}
