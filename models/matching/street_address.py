"""Street addresses, English and Chinese: house number, street and unit, without the ways of writing them.

Not here: places on the map, and comparing two addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from models.matching.business_name import fold

_APOSTROPHE = re.compile("['’`]")
_WORD = re.compile(r"#|[a-z0-9]+(?:-[a-z0-9]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_NUMBER = re.compile(r"^(.*?)(\d+(?:-\d+)?)(?:号|號)(.*)$")
_HAN_AREA = re.compile(r"^.*?(?:省|自治区)?.*?市(?:.{1,6}?(?:区|县))?")
_ORDINAL = re.compile(r"^\d+(?:st|nd|rd|th)$")


@dataclass(frozen=True)
class StreetAddress:
    """An address in parts. `street` keeps direction and kind of street, `core` only its proper name or route number."""

    number: str | None
    street: str
    core: str
    unit: str | None


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("street_address.yaml").read_text())
    return found


def street_address(text: str | None, city: str | None = None) -> StreetAddress | None:
    """Take an address apart; None where nothing is left of it. A city at the end is no part of the street."""
    folded = fold(text or "").strip()
    if not folded:
        return None
    if _HAN.search(folded):
        return _chinese(folded)
    words = _WORD.findall(_APOSTROPHE.sub("", _before_city(folded)))
    ending = _WORD.findall(fold(city or ""))
    if ending and words[-len(ending) :] == ending and len(words) > len(ending) + 1:
        words = words[: -len(ending)]
    number, words = _house_number(words)
    words, unit = _unit(words)
    known = _words()
    words = [known["direction"].get(word, word) for word in words]
    street, core = _street([known["street_type"].get(word, word) for word in words])
    if not number and not street:
        return None
    return StreetAddress(number, street, core, unit)


def postcode(text: str | None) -> str | None:
    """First five digits of a US ZIP code, or the six digits of a Chinese one."""
    digits = re.sub(r"\D", "", fold((text or "").split("-")[0]))
    return (digits if len(digits) == 6 else digits[:5].zfill(5)) if digits else None


def _before_city(folded: str) -> str:
    """What stands before a comma, and units that follow one ("106 Oak Ridge, Austin, TX, 78753")."""
    first, *rest = folded.split(",")
    if len(first.split()) < 2:
        return folded
    units = [part for part in rest if (part.split() or [""])[0].rstrip(".") in {*_words()["unit"], "#"}]
    return " ".join([first, *units])


def _house_number(words: list[str]) -> tuple[str | None, list[str]]:
    """The number before the street, without a half or a letter written on ("1208-1/2", "620B")."""
    if not words or not words[0][0].isdigit() or (_ORDINAL.match(words[0]) and len(words) < 3):
        return None, words
    rest = words[1:]
    while len(rest) > 1 and rest[0] == "2" and words[0].endswith("-1"):
        rest = rest[1:]
    found = re.match(r"\d+", words[0])
    return found.group().lstrip("0") if found else None, rest


def _unit(words: list[str]) -> tuple[list[str], str | None]:
    """Split off everything from the first word for a unit on, and return the unit without that word."""
    markers = _words()["unit"]
    for at, word in enumerate(words):
        is_route = word == "rm" and at + 1 < len(words) and words[at + 1].isdigit()
        if at > 0 and (word == "#" or word in markers) and not is_route:
            values = [
                value
                for before, value in zip(words[at:], words[at + 1 :], strict=False)
                if (before == "#" or before in markers) and value != "#" and value not in markers
            ]
            return words[:at], "".join(values).replace("-", "") or None
    return words, None


def _street(words: list[str]) -> tuple[str, str]:
    """Cut what follows the kind of street (a city, a frontage road) and return the street and its proper name."""
    kinds, directions, routes = (
        set(_words()["street_type"].values()),
        set(_words()["direction"].values()),
        _words()["route"],
    )
    named = [word for word in words if word not in directions] or words
    for before, word in pairwise(named):
        if before in routes and word.isdigit():
            return f"route {word}", word
    end = next((at for at, word in enumerate(named) if at > 0 and word in kinds), None)
    proper = named[:end] if end is not None else named
    first = next((word for word in words if word in directions), "")
    kind = named[end] if end is not None else ""
    return " ".join(part for part in (first, *proper, kind) if part), "".join(proper).replace("-", "")


def _chinese(folded: str) -> StreetAddress:
    plain = re.sub(r"[\s,，、.。()（）]", "", folded)
    found = _HAN_NUMBER.match(plain)
    if not found:
        return StreetAddress(None, plain, _HAN_AREA.sub("", plain) or plain, None)
    street = found.group(1)
    return StreetAddress(found.group(2), street, _HAN_AREA.sub("", street) or street, found.group(3) or None)
