"""Texts as the models read them: one character for each of its variants, as arrays of code points.

Not here: words and meanings. A fold is from one character to one, so that places in a text stay comparable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

TRADITIONAL = Path(__file__).with_name("traditional.txt")  # pairs: traditional character, simplified character
# What a text has to have for NFKC to change more than its punctuation: few have any, and NFKC takes long.
_ODD = r"[^\u4e00-\u9fffa-zA-Z0-9 ，。！？：；、]"
_SPACE = ord(" ")
_FIRST_OF_CHINESE = 0x2E80
_PUT_BETWEEN = "*·•_|/\\^#=`'"  # what is put between two characters so that a word is not found
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF


@dataclass(frozen=True)
class Texts:
    """Folded texts one after another; text `i` is `codes[starts[i]:starts[i + 1]]`."""

    codes: Codes
    starts: Places

    def __len__(self) -> int:
        return len(self.starts) - 1

    def strings(self) -> list[str]:
        """The folded texts as strings."""
        whole = self.codes.astype("<u4").tobytes().decode("utf-32-le")
        bounds = self.starts.tolist()
        return [whole[a:b] for a, b in pairwise(bounds)]


def fold(texts: Sequence[str | None]) -> Texts:
    r"""Fold full width, upper case, traditional characters and every kind of blank; runs of blanks become one.

    >>> fold(["ＡＢ　 很難\n吃", None]).strings()
    ['ab很难吃', '']
    """
    given = [text or "" for text in texts]
    lengths = np.fromiter(map(len, given), np.int64, len(given))
    whole = Texts(_table()[codes_of("".join(given))], np.concatenate(([0], np.cumsum(lengths))))
    once = _without_blanks(whole, lambda code: code == _SPACE)
    return _without_blanks(once, lambda code: code >= _FIRST_OF_CHINESE, also_before=True)


def nfkc(text: pl.Expr) -> pl.Expr:
    """NFKC of texts, but for full width punctuation, which may stay as it is."""
    return pl.coalesce(pl.when(text.str.contains(_ODD)).then(text).str.normalize("NFKC"), text)


def apart(texts: Texts) -> tuple[Codes, Places]:
    """The letters of all texts, a line break (in no word) between two, and where each text ends among them."""
    return np.insert(texts.codes, texts.starts[1:-1], ord("\n")), texts.starts[1:] + np.arange(len(texts))


def codes_of(text: str) -> Codes:
    """The code points of a string."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _without_blanks(
    texts: Texts, beside: Callable[[Codes], npt.NDArray[np.bool_]], *, also_before: bool = False
) -> Texts:
    """Leave out blanks that follow (or stand before) such a character, or that begin or end their text."""
    codes, starts = texts.codes, texts.starts
    such = np.concatenate(([True], beside(codes), [True]))
    first, last = starts[:-1][np.diff(starts) > 0], starts[1:][np.diff(starts) > 0] - 1
    after, before = such[:-2].copy(), such[2:] & also_before
    after[first] = before[last] = True
    kept = (codes != _SPACE) | ~(after | before)
    return Texts(codes[kept], np.concatenate(([0], np.cumsum(kept)))[starts])


@cache
def _table() -> Codes:
    """Every code point → its fold, as far as it is one character; what cannot be shown becomes a blank."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in range(0x30000):
        if _FIRST_SURROGATE <= code <= _LAST_SURROGATE:
            table[code] = _SPACE
            continue
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(folded) == 1:
            table[code] = ord(folded)
        if unicodedata.category(chr(table[code]))[0] in "ZC":  # separators, control, zero width, private use
            table[code] = _SPACE
    table[[ord(mark) for mark in _PUT_BETWEEN]] = _SPACE
    for full in range(0xFF01, 0xFF5F):  # full width of what was just folded
        table[full] = table[full - 0xFEE0]
    for pair in TRADITIONAL.read_text(encoding="utf-8").split():
        table[ord(pair[0])] = ord(pair[1])
    return table
