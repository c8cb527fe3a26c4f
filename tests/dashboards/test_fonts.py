"""The slices of the font that pages ask for at once are those that their words come from."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
ASSETS = DASHBOARDS / "assets"
MOST_LATE = 0.005  # share of the characters that the pages write


def _slices() -> dict[str, list[tuple[int, int]]]:
    """File of each slice and the code points in it, first and last."""
    told = (ASSETS / "fonts" / "fonts.css").read_text(encoding="utf-8")
    faces = re.findall(r"src: url\((noto-sans-sc[^)]+)\).*?unicode-range: ([^;]+);", told, re.S)
    return {
        file: [
            (int(first, 16), int(last or first, 16))
            for first, last in re.findall(r"U\+([0-9a-f]+)(?:-([0-9a-f]+))?", ranges)
        ]
        for file, ranges in faces
    }


def test_the_slices_that_words_of_pages_come_from_are_asked_for_at_once() -> None:
    slices = _slices()

    def of(letter: str) -> str:
        return next((file for file, parts in slices.items() if any(a <= ord(letter) <= b for a, b in parts)), "")

    asked = re.search(r'document\.fonts\.load\([^,]+, "([^"]+)"\)', (ASSETS / "fonts.js").read_text(encoding="utf-8"))
    assert asked
    early = {of(letter) for letter in asked[1]}
    assert len(early) == len(asked[1]), "one character of a slice is enough"
    written = Counter[str]()
    for path in (*DASHBOARDS.rglob("*.py"), *DASHBOARDS.glob("*.yaml")):
        written.update(letter for letter in path.read_text(encoding="utf-8") if ord(letter) > 0x2E80)
    late = {letter: many for letter, many in written.items() if of(letter) not in early}
    assert sum(late.values()) <= MOST_LATE * written.total(), late
