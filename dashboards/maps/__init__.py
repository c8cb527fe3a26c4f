"""District boundaries that maps are drawn on: our own sketch, or an official map with its approval number (审图号).

The sketch is made by `build_boundaries.py`; figures are in `dashboards/figures/place.py`.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

SETTING = "MINGCHA_BOUNDARIES"


@cache
def boundaries() -> dict[str, Any]:
    """GeoJSON of the districts: `id` is the district code, `properties` hold its name and where to write it.

    MINGCHA_BOUNDARIES names another file of this form; it says its `approval_number` beside `features`.
    """
    path = Path(os.environ.get(SETTING) or Path(__file__).with_name("xian.geojson"))
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def note() -> str:
    """What has to stand beside every map: the approval number, or that the map is a sketch."""
    number = boundaries().get("approval_number")
    return f"审图号：{number}" if number else "示意图，不作为划界依据"


@cache
def district_codes() -> frozenset[str]:
    """Codes of the districts that can be drawn."""
    return frozenset(str(feature["id"]) for feature in boundaries()["features"])
