"""Whether the indicators of the warehouse and those of the pandas twin are the same, value by value.

Run as `python -m tests.bench.agreement HOME TWIN.parquet`. Neither side is computed here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from tests.bench.asked import VALUES
from warehouse import query
from warehouse.home import Home

_SHOWN = 10


def differences(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Return every entity and indicator on which two tables of entity, indicator_id, micro, evidence differ.

    A value that only one of them has is a difference; a pair that stands twice on one side raises MergeError.
    """
    both = ours.merge(
        theirs, on=["entity", "indicator_id"], how="outer", suffixes=("", "_twin"), indicator=True, validate="1:1"
    )
    same = (both["micro"] == both["micro_twin"]) & (both["evidence"] == both["evidence_twin"])
    return both[~same]


def published(home: Path) -> pd.DataFrame:
    """The indicators of the published snapshot, in units of 10^-6."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "values.csv"
        query.export(Home.at(home), VALUES, path)
        return pd.read_csv(path, dtype={"entity": "str", "indicator_id": "str"})


def main(home: Path, twin: Path) -> int:
    """Say how many values agree; return 1 when any does not."""
    ours, theirs = published(home), pd.read_parquet(twin)
    found = differences(ours, theirs)
    if found.empty:
        sys.stdout.write(f"all {len(ours):,} values of {ours['indicator_id'].nunique()} indicators are equal")
        return 0
    by_indicator = found["indicator_id"].value_counts().to_dict()
    sys.stdout.write(f"{len(found):,} of {len(ours):,} values differ: {by_indicator}\n{found.head(_SHOWN).to_string()}")
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
