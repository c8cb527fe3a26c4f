"""One writer per home: who comes second is told who is first."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.home import Home, HomeBusyError

HOLD = """
import sys
from pathlib import Path
from warehouse.home import Home
with Home.at(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_the_second_writer_is_told_who_is_first(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(HomeBusyError, match=f"process {holder.pid} is refreshing .*choose another --home"),
            home.writing(),
        ):
            pass
        holder.kill()  # the lock dies with its holder, whatever the file says
    with home.writing():
        assert (home.root / "refresh.lock").read_text() == str(os.getpid())
        with pytest.raises(HomeBusyError, match=f"process {os.getpid()}"), home.writing():
            pass
    with home.writing():
        pass


def test_a_home_is_closed_to_others(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "a" / "home")
    for folder in (home.root, home.deliveries, home.serving, home.draws, home.logs, home.dagster):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
