"""The indicator SQL and the pandas twin agree to the last digit, on the last day and on a day long before.

Not here: speed, which `make bench` measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from models.matching.credit_code import check_character
from models.policy.loader import Policy
from models.scorecard.indicator import registry
from pipelines.feeds.simulated.zone import simulate
from tests.bench.agreement import differences
from tests.bench.asked import LEFT_OUT, LINKS, SAME_WORK, TEXTS, VALUES
from tests.bench.pandas_tables import CODE, PLANS
from tests.bench.pandas_twin import indicators
from tests.warehouse import small
from warehouse import catalog
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed

DAYS = [date(2026, 10, 31), date(2024, 3, 15)]
FEED = load_feed(small.PACKS / "simulated")


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bench") / "zone"
    simulate(out, 0.005, 3, lambda source, rows: None)
    _plant(out)
    return out


def _plant(zone: Path) -> None:
    """Deliver firms with what a small zone rarely has: successors and a split, no address, a serious list, bursts."""
    former, heir, old, split_off, branch = ("91610131MA" + letter * 7 for letter in "ABCDE")
    codes = {body: body + check_character(body) for body in (former, heir, old, split_off, branch)}
    states = [
        ("2012-03-01", former, "存续", "", ""), ("2023-05-01", former, "注销", "", ""),
        ("2023-05-01", heir, "存续", "", former), ("2012-03-01", old, "存续", "", ""),
        ("2023-06-01", split_off, "存续", "", old), ("2023-06-01", branch, "存续", former, ""),
    ]  # fmt: skip
    register = [
        {
            CODE: codes[body], "企业名称": f"示例{body[-1]}百货有限公司", "主体类型": "公司", "行业代码": "5211", "危害程度": "低",
            "区划代码": "610131", "住所": "" if body in (former, branch) else "示例路1号", "成立日期": "2012-03-01",
            "登记状态": state, "上级主体代码": codes.get(parent, ""), "前身主体代码": codes.get(predecessor, ""),
            "登记日期": day, "报送日期": day,
        }
        for day, body, state, parent, predecessor in states
    ]  # fmt: skip
    penalties = [
        {
            "处罚决定书文号": f"P{body}{severity}", CODE: codes[body], "部门编号": "D01", "处罚种类": "罚款", "违法情节": severity,
            "罚没金额": "1000.55", "处罚日期": "2024-01-10", "报送日期": "2024-01-10",
        }
        for body in (former, old)
        for severity in ("一般", "严重")
    ]  # fmt: skip
    listings = [
        {
            "列入编号": f"L{body}", "列入或移出": "列入", CODE: codes[body], "部门编号": "D01", "名录类别": "严重违法失信名单",
            "决定日期": day, "报送日期": day,
        }
        for body, day in ((former, "2024-01-31"), (old, "2022-08-31"))
    ]  # fmt: skip
    orders = [
        {
            "办件编号": f"H{number}", "办件类别": "热线工单", "事项代码": "0101", CODE: codes[heir], "渠道": "电话", "承办部门": "D01",
            "受理时间": f"2026-10-0{number} 09:00:00", "办结时间": "2026-10-31 09:00:00", "办理结果": "未解决",
        }
        for number in range(1, 4)
    ]  # fmt: skip
    _deliver(zone / "registration", "registration", register)
    _deliver(zone / "penalty", "penalty", penalties)
    _deliver(zone / "abnormal_list", "abnormal_list", listings, "gb18030")
    _deliver(zone / "service_case", "service_case_hotline", orders)
    texts = [
        {
            "文本编号": f"T{number}",
            "渠道": "点评",
            "主体名称": "示例B百货有限公司",
            "正文": "骗人",
            "发布时间": datetime(2026, 10, number, 9),
        }
        for number in range(1, 4)
    ]
    columns = pd.read_parquet(zone / "text_item" / "text_item_2026.parquet").columns
    pd.DataFrame(texts).reindex(columns=columns).to_parquet(zone / "text_item" / "text_item_planted.parquet")


def _deliver(folder: Path, name: str, rows: list[dict[str, str]], encoding: str = "utf-8") -> None:
    """Write rows with all columns that the source delivers elsewhere."""
    columns = pd.read_csv(min(folder.glob("*.csv")), nrows=0, encoding=encoding).columns
    pd.DataFrame(rows).reindex(columns=columns).to_csv(folder / f"{name}_planted.csv", index=False, encoding=encoding)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_indicator_equals_its_twin(engine: DuckDBEngine, zone: Path, day: date) -> None:
    small.build_all(engine, zone.parent / "home", [FEED], zone, day)
    ours, links = engine.connection.sql(VALUES).df(), engine.connection.sql(LINKS).df()
    twin = indicators(zone, day, links, engine.connection.sql(TEXTS).df())
    assert differences(ours, twin).empty, differences(ours, twin).head(20).to_string()
    assert set(twin["indicator_id"]) == set(ours["indicator_id"])
    assert len(twin) > 5_000
    if day == DAYS[0]:
        registered = set(registry(Policy.load().at(day)))
        assert set(twin["indicator_id"]) == {i for i in registered if i.partition(".")[0] not in {*LEFT_OUT, "grade"}}
        varied = twin.groupby("indicator_id")["micro"].nunique()
        assert (varied > 1).all(), f"a constant indicator shows nothing: {varied[varied <= 1]}"


def test_one_wrong_digit_and_one_lost_value_are_seen() -> None:
    ours = pd.DataFrame(
        {"entity": ["a", "a", "b"], "indicator_id": ["x", "y", "x"], "micro": [1, 2, 3], "evidence": [1, 1, 2]}
    )
    assert differences(ours, ours.copy()).empty
    wrong = ours.assign(micro=[1, 3, 3])
    assert differences(ours, wrong)[["entity", "indicator_id"]].to_numpy().tolist() == [["a", "y"]]
    assert differences(ours, ours.assign(evidence=[1, 1, 3]))["entity"].tolist() == ["b"]
    assert differences(ours, ours[:2])["_merge"].tolist() == ["left_only"]
    assert differences(ours[1:], ours)["_merge"].tolist() == ["right_only"]


def test_the_same_work_is_that_of_the_sources_and_families_of_the_twin() -> None:
    assert set(SAME_WORK["raw"]) == set(PLANS)
    families = {name.removeprefix("indicator.") for name in catalog.sql_tables() if name.startswith("indicator.")}
    assert {*SAME_WORK["indicator"], *LEFT_OUT} == families
    tables = {f"{stage}.{name}" for stage, names in SAME_WORK.items() for name in names if stage not in ("raw", "text")}
    assert tables <= set(catalog.sql_tables())
