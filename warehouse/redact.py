"""Replacing what names a person in a delivered file, whatever its format: the same rows, other words.

Knows formats and encodings, not where files lie (erasure).
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

Words = Mapping[str, str]


def redact(path: Path, target: Path, file_format: str, encoding: str, words: Words) -> bool:
    """Write `path` to `target` with every word replaced and return whether any occurred; nothing is written if not.

    Raises:
        ValueError: the file cannot be read in its format or encoding; the message names it.
    """
    try:
        if file_format in ("parquet", "postgres"):
            return _parquet(path, target, words)
        if file_format == "xlsx":
            return _workbook(path, target, words)
        return _text(path, target, encoding, words)
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, pl.exceptions.PolarsError) as error:
        raise ValueError(f"{path.name} cannot be read as {file_format} in {encoding}: {error}") from error


def replaced(text: str, words: Words) -> str:
    """Return a text with every word replaced, longer words first."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, words[word])
    return text


def _text(path: Path, target: Path, encoding: str, words: Words) -> bool:
    before = path.read_bytes().decode(encoding)
    after = replaced(before, words)
    if after != before:
        target.write_bytes(after.encode(encoding))
    return after != before


def _parquet(path: Path, target: Path, words: Words) -> bool:
    frame = pl.read_parquet(path)
    names = [name for name, kind in frame.schema.items() if kind == pl.String]
    ordered = sorted(words, key=len, reverse=True)
    after = frame.with_columns(
        pl.col(name).str.replace_many(ordered, [words[word] for word in ordered], leftmost=True) for name in names
    )
    if changed := not after.equals(frame):
        after.write_parquet(target)
    return changed


def _workbook(path: Path, target: Path, words: Words) -> bool:
    """A workbook is a zip of XML in UTF-8; words stand there escaped."""
    escaped = {escape(word): escape(other) for word, other in words.items()}
    changed = False
    with zipfile.ZipFile(path) as book:
        parts = {item: book.read(item) for item in book.infolist()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for item, content in parts.items():
            is_text = item.filename.endswith(".xml")
            after = replaced(content.decode("utf-8"), escaped).encode("utf-8") if is_text else content
            changed = changed or after != content
            out.writestr(item.filename, after)
    if not changed:
        target.unlink()
    return changed
