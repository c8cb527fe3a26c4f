"""Which delivered files the sources of the simulated zone have, as its feed.yaml declares them.

No reading of what is inside a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

_FEED = Path(__file__).parents[2] / "pipelines" / "feeds" / "simulated" / "feed.yaml"


@dataclass(frozen=True)
class Files:
    """The files of one source, in the order of their names; they all have one format and one encoding."""

    source_id: str
    file_format: str
    encoding: str
    paths: tuple[Path, ...]

    @property
    def is_plain(self) -> bool:
        """CSV in UTF-8 or Parquet: what the engine reads without help."""
        return self.file_format == "parquet" or (self.file_format == "csv" and self.encoding == "utf-8")


def sources(data: Path) -> Iterator[Files]:
    """Every source with files below `data`."""
    for source_id, source in yaml.safe_load(_FEED.read_text(encoding="utf-8"))["sources"].items():
        if paths := tuple(sorted(data.glob(source["files"]))):
            yield Files(source_id, source["format"], source.get("encoding", "utf-8"), paths)
