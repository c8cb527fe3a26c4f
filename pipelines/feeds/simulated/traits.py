"""What the simulated zone is made of: its industries, districts and departments, read from the tables beside this file.

Not here: single entities. Codes, names and hazards come from warehouse/reference, so there is one list of each.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.feeds.simulated.chance import Floats, Ints

PACK = Path(__file__).parent
_REFERENCE = PACK.parents[2] / "warehouse" / "reference"
HAZARDS = ("low", "medium", "high")
TOPICS = ("food", "drug", "hotel", "beauty", "school", "shop", "service", "trade", "tech", "plant")


@dataclass(frozen=True)
class Industries:
    """Industry classes, one position each; words are parts of invented names."""

    code: pl.Series
    section: list[str]
    hazard: Ints
    weight: Floats
    sole_share: Floats
    licence_kinds: list[list[str]]
    word: pl.Series
    shop: pl.Series
    topic: Ints


@dataclass(frozen=True)
class Districts:
    """Districts and functional zones, one position each."""

    code: pl.Series
    name: pl.Series
    longitude: Floats
    latitude: Floats
    weight: Floats
    code_prefix: list[str]


def _table(name: str, *, reference: bool) -> pl.DataFrame:
    frame = pl.read_csv((_REFERENCE if reference else PACK) / f"{name}.csv", infer_schema=False)
    numbers = [column for column in ("weight", "sole_share", "longitude", "latitude") if column in frame.columns]
    return frame.with_columns(pl.col(numbers).cast(pl.Float64)).sort(frame.columns[0])


@cache
def industries() -> Industries:
    """All industries of the reference list with their traits."""
    listed, trait = _table("industry", reference=True), _table("industry_trait", reference=False)
    if listed["industry_code"].to_list() != trait["industry_code"].to_list():
        raise ValueError("industry_trait.csv and warehouse/reference/industry.csv list different codes: align them")
    return Industries(
        code=listed["industry_code"],
        section=listed["section"].to_list(),
        hazard=np.array([HAZARDS.index(level) for level in listed["hazard_level"]]),
        weight=trait["weight"].to_numpy(),
        sole_share=trait["sole_share"].to_numpy(),
        licence_kinds=[kinds.split(";") if kinds else [] for kinds in trait["licence_kinds"].fill_null("")],
        word=trait["word"],
        shop=trait["shop"],
        topic=np.array([TOPICS.index(topic) for topic in trait["topic"]]),
    )


@cache
def districts() -> Districts:
    """All districts and zones of the reference list with their traits."""
    listed, trait = _table("district", reference=True), _table("district_trait", reference=False)
    if listed["district_code"].to_list() != trait["district_code"].to_list():
        raise ValueError("district_trait.csv and warehouse/reference/district.csv list different codes: align them")
    return Districts(
        code=listed["district_code"],
        name=listed["name"],
        longitude=listed["longitude"].to_numpy(),
        latitude=listed["latitude"].to_numpy(),
        weight=trait["weight"].to_numpy(),
        code_prefix=trait["code_prefix"].to_list(),
    )


@dataclass(frozen=True)
class Department:
    """One department: who it inspects (industry section → share of its inspections) and how many inspectors it has."""

    department_id: str
    name: str
    field: str
    inspectors: int
    check_items: int
    sections: str
    load: float


DEPARTMENTS = (
    Department("D01", "市场监督管理局", "食品药品与特种设备", 620, 118, "ACDEFGHIKLMOPQR", 46.0),
    Department("D02", "应急管理局", "安全生产", 96, 34, "CDEFGHKOPQR", 8.0),
    Department("D03", "消防救援支队", "消防安全", 110, 22, "CDEFGHKOPQR", 10.0),
    Department("D04", "卫生健康委员会", "公共卫生", 104, 30, "HOPQR", 9.0),
    Department("D05", "住房和城乡建设局", "建筑与物业", 70, 28, "DEK", 2.5),
    Department("D06", "城市管理和综合执法局", "城市管理", 128, 26, "FHKO", 6.0),
    Department("D07", "文化和旅游局", "文化旅游", 42, 20, "HLR", 2.0),
    Department("D08", "教育局", "教育培训", 40, 18, "P", 1.5),
    Department("D09", "人力资源和社会保障局", "劳动用工", 62, 20, "CEFHIKLMOPQR", 4.0),
    Department("D10", "生态环境局", "环境保护", 58, 22, "CDEHO", 3.0),
    Department("D11", "交通运输局", "交通物流", 48, 18, "GO", 1.5),
    Department("D12", "商务局", "商贸流通", 26, 14, "FHLO", 1.5),
    Department("D13", "农业农村局", "农产品质量", 32, 16, "ACF", 1.0),
    Department("D14", "税务局", "税收征管", 24, 10, "ACDEFGHIKLMOPQR", 1.5),
    Department("D15", "公安局", "治安管理", 28, 12, "CHOR", 1.5),
    Department("D16", "统计局", "统计执法", 8, 6, "CEFHIKL", 0.5),
    Department("D17", "行政审批服务局", "许可核查", 8, 8, "CFHOPQR", 0.5),
    Department("D18", "发展和改革委员会", "能源与价格", 8, 6, "CDFHK", 0.5),
)
SECTIONS = "ACDEFGHIKLMOPQR"


def department_index(department_id: str) -> int:
    """Position of a department in `DEPARTMENTS`."""
    return [department.department_id for department in DEPARTMENTS].index(department_id)
