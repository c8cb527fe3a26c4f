"""The one door to the published snapshot: runs a named query for a viewer and keeps its answer until the next snapshot.

No SQL here (`data.py` and `listing.py` hold it) and no connection (`warehouse.scoped_reader` holds it).
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import cast

import polars as pl
from flask import current_app, g, has_request_context

from models.access.rules import access_rules
from models.access.viewer import Viewer
from warehouse.home import Home
from warehouse.scoped_reader import ScopedReader
from warehouse.serving import NotPublishedError

CONFIG_KEY = "MINGCHA_DOOR"
CACHED_ANSWERS = 512


@dataclass
class _Answers:
    """Answers by scope, query and bound values, of one snapshot."""

    kept: OrderedDict[tuple[str, str, str], pl.DataFrame] = field(default_factory=OrderedDict)
    snapshot: str | None = None
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Door:
    """Read access for one viewer: a query meets the viewer's tables, rows and columns only (`warehouse.scope`)."""

    home: Home
    reader: ScopedReader
    viewer: Viewer
    _answers: _Answers = field(default_factory=_Answers)

    @classmethod
    def open(cls, home: Path, viewer: Viewer | None = None) -> "Door":
        """A door to the snapshots published under `home`; by default for a regulator of the whole zone."""
        seen = viewer or Viewer()
        return cls(Home(home), ScopedReader(home, seen), seen)

    def of(self, viewer: Viewer) -> "Door":
        """The door of another viewer; the open snapshot and the kept answers are shared, by scope."""
        return replace(self, reader=self.reader.of(viewer), viewer=viewer)

    def sees(self, mask: str) -> bool:
        """Whether the viewer sees what a mask of policy access.mask hides from others."""
        return access_rules().sees(self.viewer, mask)

    def snapshot(self) -> str | None:
        """File name of the published snapshot, or None when nothing has been published."""
        try:
            return self.reader.current()
        except NotPublishedError:
            return None

    def frame(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The answer of one query on the published snapshot. Raises NotPublishedError when there is none."""
        bound, answers = dict(params or {}), self._answers
        key = (self.viewer.scope_key, sql, json.dumps(bound, sort_keys=True, default=str))
        snapshot = self.reader.current()
        with answers.lock:
            if snapshot != answers.snapshot:
                answers.kept.clear()
                answers.snapshot = snapshot
            if key in answers.kept:
                answers.kept.move_to_end(key)
                return answers.kept[key]
        answer = self.reader.query(sql, bound)
        with answers.lock:
            if snapshot == answers.snapshot:
                answers.kept[key] = answer
                while len(answers.kept) > CACHED_ANSWERS:
                    answers.kept.popitem(last=False)
        return answer


def current_door() -> Door:
    """The door of the person who made this request; where nobody signs in, that of the application."""
    door = cast(Door, current_app.config[CONFIG_KEY])
    viewer = g.get("viewer") if has_request_context() else None
    return door.of(viewer) if viewer else door
