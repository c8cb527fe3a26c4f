"""The reports on what grades are worth that a viewer may read, from beside the home: back-tests, and each month's.

Nothing is estimated here; how a report is made stands in warehouse/backtest_report and warehouse/monitoring.
"""

from typing import Any

from dashboards.door import Door
from warehouse import backtest, monitoring


def reports(door: Door) -> dict[str, dict[str, Any]]:
    """Reports by name, latest first; who does not see every district gets no breakdown by district."""
    found = backtest.kept(door.home)
    if door.viewer.districts is not None:
        found = [one | {"groups": {k: v for k, v in one["groups"].items() if k != "district"}} for one in found]
    return {one["name"]: one for one in found}


def months(door: Door) -> list[dict[str, Any]]:
    """What each month said of the grades published before it, latest first; it names no entity and no district."""
    return monitoring.kept(door.home)
