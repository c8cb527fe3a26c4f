"""Compiled functions: as in Python, without numba until one is called, and where nothing can be kept too."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

CODE = """
from models.text.compiled import compiled

@compiled
def total(numbers):
    found = 0
    for number in numbers:
        found += doubled(number)
    return found

@compiled
def doubled(number):
    return 2 * number
"""


def test_functions_without_a_file_are_compiled_and_call_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ModuleType("made_for_a_test")  # in no file, so that numba finds no folder for it
    monkeypatch.setitem(sys.modules, made.__name__, made)
    exec(CODE, made.__dict__)  # noqa: S102
    early = made.total
    assert early(np.arange(4)) == 12
    assert made.total is not early
    assert made.total(np.arange(5)) == early(np.arange(5)) == 20


def test_pages_and_definitions_do_without_numba() -> None:
    asked = "import sys, dashboards.app, pipelines.definitions; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
