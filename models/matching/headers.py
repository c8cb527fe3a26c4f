"""Which column of a file is the name, the address and so on, by its header.

Not here: what the values mean (business_name.py, street_address.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from models.matching.business_name import fold

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class HeaderError(ValueError):
    """A column that is asked for is not in the file, or none says who a row is about."""


@cache
def _known() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("headers.yaml").read_text())
    return found


def recognise(headers: Sequence[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return part → header: as `given`, else as the header says.

    A Chinese header must be listed; an English one must hold a listed word. Identifiers (…id, …code) are no names.
    Raises HeaderError when `given` names an unknown part or column, or when there is no name column.
    """
    chosen = dict(given or {})
    if unknown := sorted(set(chosen) - set(_known())):
        raise HeaderError(f"unknown part {', '.join(unknown)}; parts are {', '.join(_known())}")
    if missing := sorted(set(chosen.values()) - set(headers)):
        raise HeaderError(f"no column {', '.join(missing)}; the file has {', '.join(headers)}")
    taken = set(chosen.values())
    for part, words in _known().items():
        if part in chosen:
            continue
        best = min(
            (
                (rank, position, header)
                for position, header in enumerate(headers)
                if header not in taken and (rank := _rank(header, words, part)) is not None
            ),
            default=None,
        )
        if best is not None:
            chosen[part] = best[2]
            taken.add(best[2])
    if "name" not in chosen:
        raise HeaderError(f"no name column among {', '.join(headers)}; say which with --columns")
    return chosen


def _rank(header: str, words: Sequence[str], part: str) -> int | None:
    parts = set(re.split(r"[^\w]+|_", _CAMEL.sub("_", header).lower())) | {fold(header).strip()}
    if "id" in parts or (part == "name" and parts & {"code", "no", "number"}):
        return None
    return next((rank for rank, word in enumerate(words) if word in parts), None)
