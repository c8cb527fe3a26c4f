"""Unified social credit codes (GB 32100-2015), vectorised, in a range that no register issues.

Not here: who gets which code. Organisation parts begin with MCX; GB 32100 has no letter S, so MCS cannot be used.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.matching.credit_code import ALPHABET
from pipelines.feeds.simulated.chance import Ints

RESERVED = "MCX"
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_BYTES = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_ORGANISATION_VALUE = np.array([int(char, 36) for char in ALPHABET])  # GB 11714 counts letters from A = 10
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ORGANISATION_CHECK = np.array([_VALUE[char] for char in "0123456789X"])
_CODE_WEIGHTS = np.array([3**power % 31 for power in range(17)])
_SCATTER = 17_171_717  # coprime with 31**5: neighbours get unlike codes, and no two numbers the same


def credit_codes(number: Ints, kind: NDArray[np.str_], district: NDArray[np.str_]) -> pl.Series:
    """Codes with both check characters for distinct numbers below 31**5.

    `kind` is the two-character registrar and entity class ("91" company …), `district` the six-digit area.
    """
    body = np.zeros((len(number), 18), dtype=np.int64)
    for column, width, texts in ((0, 2, kind), (2, 6, district)):
        points = np.frombuffer(texts.astype(f"S{width}").tobytes(), dtype=np.uint8).reshape(-1, width)
        body[:, column : column + width] = np.searchsorted(_BYTES, points)
    body[:, 8:11] = [_VALUE[char] for char in RESERVED]
    rest = number * _SCATTER % 31**5
    for column in range(15, 10, -1):
        body[:, column] = rest % 31
        rest = rest // 31
    sums = _ORGANISATION_VALUE[body[:, 8:16]] @ _ORGANISATION_WEIGHTS
    body[:, 16] = _ORGANISATION_CHECK[(11 - sums % 11) % 11]
    body[:, 17] = (31 - body[:, :17] @ _CODE_WEIGHTS % 31) % 31
    text = _BYTES[body].tobytes().decode()
    return pl.Series([text[start : start + 18] for start in range(0, len(text), 18)], dtype=pl.String)


def misread(code: str, position: int, step: int) -> str:
    """The code with one character replaced by another of the alphabet (step 1–30)."""
    char = ALPHABET[(_VALUE[code[position]] + step) % 31]
    return code[:position] + char + code[position + 1 :]
