"""The back-test reports that a viewer may read, from beside the home.

Nothing is estimated here; how a report is made stands in warehouse/backtest_report.
"""

from typing import Any

from dashboards.door import Door
from warehouse import backtest


def reports(door: Door) -> dict[str, dict[str, Any]]:
    """Reports by name, latest first; who does not see every district gets no breakdown by district."""
    found = backtest.kept(door.home)
    if door.viewer.districts is not None:
        found = [one | {"groups": {k: v for k, v in one["groups"].items() if k != "district"}} for one in found]
    return {one["name"]: one for one in found}
