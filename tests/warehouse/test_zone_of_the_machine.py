"""The zone of the machine decides nothing: the same deliveries give the same figures under another TZ."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DIGEST = """
import hashlib, sys
from datetime import date
from pathlib import Path
from tests.warehouse import small
with small.opened() as engine:
    small.chicago(engine, Path(sys.argv[1]), Path(sys.argv[2]), date(2013, 9, 30))
    digest = hashlib.sha256()
    for name in engine.tables(["raw", "entity", "fact", "indicator", "grade", "plan"]) + ["known.complaint", "known.visit"]:
        columns = [c for c, *_ in engine.rows(f"describe {name}") if c not in ("load_id", "load_no", "received_at")]
        for row in engine.rows(f"select {', '.join(columns)} from {name} order by all"):
            digest.update(repr(row).encode())
    print(engine.count("grade.grade"), digest.hexdigest())
"""


def test_figures_do_not_depend_on_tz(tmp_path: Path, chicago_data: Path) -> None:
    told = [
        subprocess.Popen(
            [sys.executable, "-c", DIGEST, str(tmp_path / zone.replace("/", "-")), str(chicago_data)],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TZ": zone},
            stdout=subprocess.PIPE,
            text=True,
        )
        for zone in ("America/New_York", "Asia/Shanghai")
    ]
    answers = {process.communicate(timeout=120)[0] for process in told}
    assert len(answers) == 1
    assert answers.pop().startswith("300 ")
