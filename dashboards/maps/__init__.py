"""District boundaries that maps are drawn on.

The file is made by `build_boundaries.py`; figures are in `dashboards/figures/place.py`.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def boundaries() -> dict[str, Any]:
    """GeoJSON of the 13 districts: `id` is the district code, `properties` hold its name and where to write it."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("xian.geojson").read_text(encoding="utf-8"))
    return loaded


@cache
def district_codes() -> frozenset[str]:
    """Codes of the districts that can be drawn."""
    return frozenset(str(feature["id"]) for feature in boundaries()["features"])
