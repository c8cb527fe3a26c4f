"""A stream of rows written as CSV, Excel or Parquet by a process of its own, so that neither memory nor threads suffer.

Rows come as an Arrow stream; which rows, is said by `query.py` and by the lists of the pages. Run as a module it is
that process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc

# A spreadsheet runs text that begins with one of these as a formula; an apostrophe keeps it text.
FORMULA = r"^[=+\-@\t\r]"
Part = tuple[bytes, int]  # some bytes of a stream, and the number of rows in them as far as it is known
Told = Sequence[tuple[str, str]]  # what a file says of itself: names and texts


class WriteError(RuntimeError):
    """The file could not be written; the message says why."""


def parts_of(rows: pa.RecordBatchReader) -> Iterator[Part]:
    """An Arrow stream part by part, as `write` takes it."""
    held = io.BytesIO()
    with pa.RecordBatchStreamWriter(held, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)
            yield _taken(held), batch.num_rows
    yield _taken(held), 0


def csv_blocks(rows: pa.RecordBatchReader) -> Iterator[Part]:
    """CSV text of a stream block by block."""
    held = io.BytesIO()
    writer = _Csv(held, rows.schema)
    for batch in rows:
        writer.write_batch(batch)
        yield _taken(held), batch.num_rows
    yield _taken(held), 0


def _taken(held: io.BytesIO) -> bytes:
    data = held.getvalue()
    held.seek(0)
    held.truncate()
    return data


def write(
    target: Path, parts: Iterable[Part], progress: Callable[[int], None] = lambda _: None, told: Told = ()
) -> int:
    """Write an Arrow stream to `target`, in the format of its suffix, and return the rows that stand in it.

    `progress` hears how many rows went in; what is `told` of the file stands in a sheet of its own, where the format
    has sheets. The file appears when it is complete; an error leaves what stood there before.
    """
    if target.suffix not in _WRITERS:
        raise WriteError(f"{target.name}：只能写 {'、'.join(_WRITERS)}")
    if not target.parent.is_dir():
        raise WriteError(f"{target.name}：没有文件夹 {target.parent}")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix)
    os.close(handle)
    partial = Path(name)
    try:
        with subprocess.Popen(  # noqa: S603 (our own module; the path is one argument)
            [sys.executable, "-I", "-m", "warehouse.result_file", str(partial)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            try:
                with contextlib.suppress(BrokenPipeError):  # its exit code says what happened
                    _feed(process, json.dumps(list(told)).encode() + b"\n", parts, progress)
                counted = process.stdout.read() if process.stdout else b""
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise WriteError(f"{target.name}：写文件失败")
        partial.replace(target)
        return int(counted)
    finally:
        partial.unlink(missing_ok=True)


def _feed(
    process: subprocess.Popen[bytes], told: bytes, parts: Iterable[Part], progress: Callable[[int], None]
) -> None:
    stream = process.stdin
    if stream is None:
        raise WriteError("no pipe")
    with stream:
        stream.write(told)
        done = 0
        for part, count in parts:
            stream.write(part)
            done += count
            progress(done)


class Writer(Protocol):
    """What takes the rows of one file, part by part."""

    def write_batch(self, batch: pa.RecordBatch) -> Any:
        """Add rows."""

    def close(self) -> Any:
        """Finish the file."""


class _Csv:
    """CSV in UTF-8 with a byte order mark, or a spreadsheet takes Chinese for another encoding."""

    def __init__(self, handle: BinaryIO, schema: pa.Schema) -> None:
        import pyarrow.csv as pa_csv

        self._schema = pa.schema([(f.name, f.type if _is_number(f.type) else pa.string()) for f in schema])
        self._handle = handle
        self._handle.write(b"\xef\xbb\xbf")
        options = pa_csv.WriteOptions(quoting_style="needed")
        self._writer = pa_csv.CSVWriter(self._handle, self._schema, write_options=options)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        columns = [column if _is_number(column.type) else _text(column) for column in batch.columns]
        self._writer.write_batch(pa.record_batch(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()
        self._handle.close()


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_integer(kind))


def _text(column: pa.Array) -> pa.Array:
    """A column as text: digits of a DECIMAL as they are, and no text that a spreadsheet runs."""
    if pa.types.is_decimal(column.type) or pa.types.is_date(column.type):
        return column.cast(pa.string())
    if not (pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    text = column.cast(pa.string())
    return pc.if_else(pc.match_substring_regex(text, FORMULA), pc.binary_join_element_wise("'", text, ""), text)


def _csv(target: Path, schema: pa.Schema, _told: Told) -> Writer:
    return _Csv(target.open("wb"), schema)


def _parquet(target: Path, schema: pa.Schema, _told: Told) -> Writer:
    import pyarrow.parquet as pq

    return cast(Writer, pq.ParquetWriter(target, schema, compression="zstd"))


def _excel(target: Path, schema: pa.Schema, told: Told) -> Writer:
    from warehouse.result_sheet import Sheets

    return Sheets(target, schema, told)


_WRITERS: dict[str, Callable[[Path, pa.Schema, Told], Writer]] = {".csv": _csv, ".xlsx": _excel, ".parquet": _parquet}


def main(target: Path) -> None:
    """Write the Arrow stream that comes on stdin after a line of what is told of it; print the rows written."""
    told = json.loads(sys.stdin.buffer.readline())
    count = 0
    with pa.ipc.open_stream(sys.stdin.buffer) as reader:
        writer = _WRITERS[target.suffix](target, reader.schema, told)
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
        writer.close()
    sys.stdout.write(str(count))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
