"""Unified social credit codes (统一社会信用代码, GB 32100-2015): form and check character, over whole columns.

Not here: whether a code was ever issued.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
FIRST_CHARACTERS = "123456789ANY"  # class of the registering department
LENGTH = 18
_NOT_IN_ALPHABET = 31
_WEIGHTS = np.array([pow(3, position, 31) for position in range(LENGTH - 1)], dtype=np.int64)
_VALUE_OF_BYTE = np.full(256, _NOT_IN_ALPHABET, dtype=np.uint8)
_VALUE_OF_BYTE[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(31, dtype=np.uint8)
_IS_FIRST = np.isin(np.arange(256), np.frombuffer(FIRST_CHARACTERS.encode(), dtype=np.uint8))


def valid_codes(codes: pa.Array | pa.ChunkedArray | Sequence[str | None]) -> npt.NDArray[np.bool_]:
    """True where a code has 18 characters of the alphabet, a known class, an area code and the right check character.

    Letters must be upper case and without spaces; a missing code is False. Source: GB 32100-2015.
    """
    column = _one_array(codes)
    candidate = pc.equal(pc.fill_null(pc.binary_length(column), 0), LENGTH)
    valid: npt.NDArray[np.bool_] = candidate.to_numpy(zero_copy_only=False).copy()
    valid[valid] = _valid_rows(_byte_rows(column.filter(candidate)))
    return valid


def check_character(body: str) -> str:
    """Check character for the first 17 characters of a code.

    Raises ValueError when `body` is not 17 characters of the alphabet.
    """
    values = _VALUE_OF_BYTE[np.frombuffer(body.encode(), dtype=np.uint8)]
    if len(values) != LENGTH - 1 or (values == _NOT_IN_ALPHABET).any():
        raise ValueError(f"{body!r} is not 17 characters of {ALPHABET}")
    return ALPHABET[-int(values.astype(np.int64) @ _WEIGHTS) % 31]


def _one_array(codes: pa.Array | pa.ChunkedArray | Sequence[str | None]) -> pa.Array:
    if isinstance(codes, pa.ChunkedArray):
        codes = codes.combine_chunks()
    column = codes if isinstance(codes, pa.Array) else pa.array(codes, type=pa.string())
    return column.cast(pa.large_binary())


def _byte_rows(column: pa.Array) -> npt.NDArray[np.uint8]:
    """The bytes of values that are all LENGTH bytes long, one row each."""
    joined = column.cast(pa.binary(LENGTH))  # fixed width: one plain buffer
    data = np.frombuffer(joined.buffers()[1] or b"", dtype=np.uint8)
    return data[joined.offset * LENGTH : (joined.offset + len(joined)) * LENGTH].reshape(-1, LENGTH)


def _valid_rows(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    values = _VALUE_OF_BYTE[rows]
    in_alphabet = (values != _NOT_IN_ALPHABET).all(axis=1)
    has_class = _IS_FIRST[rows[:, 0]]
    has_area = (values[:, 2:8] <= 9).all(axis=1)
    sums = values[:, :-1].astype(np.int64) @ _WEIGHTS
    is_checked = (-sums) % 31 == values[:, -1]
    valid: npt.NDArray[np.bool_] = in_alphabet & has_class & has_area & is_checked
    return valid
