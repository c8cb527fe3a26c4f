"""Loops over arrays as machine code, for what is read entry by entry and has no array operation.

What is compiled stands beside the process's other code (`__pycache__`) or, where that cannot be written, in the user's
cache; where nothing can be written each process compiles anew, a second or two for each function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numba import njit

# A whole number in a loop: Python's where it is counted, NumPy's where it is read from an array.
Whole = int | np.signedinteger[Any]
_Asked = ParamSpec("_Asked")
_Told = TypeVar("_Told")


def compiled(function: Callable[_Asked, _Told]) -> Callable[_Asked, _Told]:
    """Compile at the first call, once for each kind of arguments. No fast mathematics: sums keep their order."""
    try:
        made = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder for what is compiled
        made = njit(nogil=True)(function)
    return cast("Callable[_Asked, _Told]", made)
