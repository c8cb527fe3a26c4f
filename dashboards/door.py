"""The one door to the published snapshot: runs a named query for a viewer and keeps its answer until the next snapshot.

No SQL here (`data.py` and `listing.py` hold it) and no connection (`warehouse.serving` holds it).
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import cast

import polars as pl
from flask import current_app

from dashboards.viewer import Viewer
from warehouse.home import Home
from warehouse.serving import NotPublishedError, ServingReader

CONFIG_KEY = "MINGCHA_DOOR"
CACHED_ANSWERS = 256


@dataclass
class Door:
    """Read access for one viewer; answers are cached by snapshot, query and bound values (the scope is among them)."""

    home: Home
    reader: ServingReader
    viewer: Viewer
    _answers: OrderedDict[tuple[str, str], pl.DataFrame] = field(default_factory=OrderedDict)
    _snapshot: str | None = None
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def open(cls, home: Path, viewer: Viewer | None = None) -> "Door":
        """A door to the snapshots published under `home`; by default the viewer sees everything."""
        return cls(Home(home), ServingReader(home), viewer or Viewer())

    def snapshot(self) -> str | None:
        """File name of the published snapshot, or None when nothing has been published."""
        try:
            return self.reader.current()
        except NotPublishedError:
            return None

    def frame(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The answer of one query on the published snapshot. Raises NotPublishedError when there is none."""
        bound = dict(params or {})
        key = (sql, json.dumps(bound, sort_keys=True, default=str))
        snapshot = self.reader.current()
        with self._lock:
            if snapshot != self._snapshot:
                self._answers.clear()
                self._snapshot = snapshot
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = self.reader.query(sql, bound)
        with self._lock:
            if snapshot == self._snapshot:
                self._answers[key] = answer
                while len(self._answers) > CACHED_ANSWERS:
                    self._answers.popitem(last=False)
        return answer


def current_door() -> Door:
    """The door of the application that serves this request."""
    return cast(Door, current_app.config[CONFIG_KEY])
