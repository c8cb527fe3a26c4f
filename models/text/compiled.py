"""Loops over arrays as machine code, for what is read entry by entry and has no array operation.

What is compiled stands beside the process's other code (`__pycache__`) or, where that cannot be written, in the user's
cache; where nothing can be written each process compiles anew, a second or two for each function.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import Any, ParamSpec, TypeVar

import numpy as np

# A whole number in a loop: Python's where it is counted, NumPy's where it is read from an array.
Whole = int | np.signedinteger[Any]
_Asked = ParamSpec("_Asked")
_Told = TypeVar("_Told")
_waiting: dict[str, list[Callable[..., Any]]] = {}
_one_at_a_time = RLock()


def compiled(function: Callable[_Asked, _Told]) -> Callable[_Asked, _Told]:
    """Compile at the first call, once for each kind of arguments. No fast mathematics: sums keep their order.

    Such functions of one module may call each other. Until one is called the module does without numba, which pages and
    most commands never need, and whose import takes longer than theirs.
    """
    module, name = function.__module__, function.__name__
    _waiting.setdefault(module, []).append(function)

    @wraps(function)
    def at_first(*args: _Asked.args, **named: _Asked.kwargs) -> _Told:
        _compile(module)
        told: _Told = getattr(sys.modules[module], name)(*args, **named)
        return told

    return at_first


def _compile(module: str) -> None:
    """Put what numba makes of the functions of a module into their places."""
    from numba import njit

    with _one_at_a_time:
        for function in _waiting.pop(module, []):
            try:
                made = njit(cache=True, nogil=True)(function)
            except RuntimeError:  # no folder for what is compiled
                made = njit(nogil=True)(function)
            setattr(sys.modules[module], function.__name__, made)
