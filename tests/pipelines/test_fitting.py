"""`mingcha fit risk`: what it refuses, with nothing left behind. What it fits is in tests/warehouse/test_fit.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.test_cli import fails


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--until", "2013-02-30"), "day"),
        (("--until", "2013-09-30", "--policy", "nowhere"), "does not exist"),
        (("--until", "2013-09-30", "--feed", "nobody"), "no feed pack"),
    ],
)
def test_what_cannot_be_done_is_said_first(tmp_path: Path, more: tuple[str, ...], told: str) -> None:
    asked = ("fit", "risk", "--feed", "chicago_food", *more, "--out", tmp_path / "out", "--home", tmp_path / "home")
    assert told in fails(2, *asked)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_city_too_small_to_learn_from_is_told_so(own_home: Path, tmp_path: Path) -> None:
    """The invented city has its months graded one by one, in a home of their own, and nothing is written."""
    asked = ("fit", "risk", "--feed", "chicago_food", "--until", "2013-09-30", "--months", "6", "--home", own_home)
    before = (own_home / "serving" / "CURRENT").read_text()
    assert "critical finding are needed to fit" in fails(2, *asked, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert (own_home / "serving" / "CURRENT").read_text() == before
    assert not (own_home / "backtests" / "work").exists()
