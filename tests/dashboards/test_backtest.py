"""The page of back-tests: what a report says is what the page says, and a viewer of one district sees no other."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboards.figures import backtest as figures
from models.access.viewer import Viewer
from tests.dashboards.snapshot import publish
from tests.dashboards.test_app import body, written
from tests.warehouse.test_backtest import observed, report
from warehouse import backtest
from warehouse.home import Home

LATER = (
    (1, "routine", "x", 0),
    (2, "random", "x", 1),
    (3, "random", "y", 1),
    (4, "routine", "y", 0),
    (9, "routine", "y", 1),
)
MIDDLE = date(2013, 10, 31)


@pytest.fixture(scope="module")
def judged_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a report of one day, one of two days with a schedule, and one without any inspection."""
    root = tmp_path_factory.mktemp("judged")
    publish(root)
    plan = pl.DataFrame({"entity_code": ["c3", "c1"], "place": [1.0, 2.0]})
    placed = observed(*LATER)
    register = placed.register.with_columns(district_name=pl.lit("雁塔区"))
    one = backtest.Observed(**{**vars(placed), "register": register})
    for name, made_at, told in (
        ("early", "2026-11-01", report(one)),
        ("both", "2026-11-02", report(observed(*LATER, last=MIDDLE), observed(*LATER, as_of=MIDDLE), 每月安排=plan)),
        ("none", "2026-10-01", report(backtest.Observed(**{**vars(one), "later": one.later.clear()}))),
    ):
        backtest.keep(Home(root), told | {"name": name, "made_at": made_at})
    return root


def test_the_latest_report_is_shown_with_its_intervals(judged_home: Path) -> None:
    said = written(body(judged_home, "/backtest"))
    for part in (
        "both",
        "early",
        "安排 每月安排",
        "同一检查人员之内",
        "随机抽查（加权）",
        "等级迁移",
        "餐饮",
        "当日未在册",
    ):
        assert part in said, part
    assert "10 次，6 次发现严重问题" in said


def test_a_district_is_for_those_who_see_all(judged_home: Path) -> None:
    address = "/backtest?report=early"
    assert "雁塔区" in written(body(judged_home, address))
    assert "雁塔区" not in written(body(judged_home, address, Viewer(districts=frozenset({"610113"}))))


def test_nothing_to_show_is_said(home: Path, judged_home: Path) -> None:
    assert "mingcha backtest" in written(body(home, "/backtest"))
    assert "0 次，0 次发现严重问题" in written(body(judged_home, "/backtest?report=none"))


def test_every_point_is_drawn_with_its_interval() -> None:
    told = report(observed(*LATER))["scorecards"]["risk"]
    figure = figures.rates(told["pools"])
    assert [trace.name for trace in figure.data] == [name for name, _ in figures.POOL.values()]
    everyone = figure.data[0]
    shown = [grade for grade in told["pools"]["all"]["grades"] if grade["rate"]["value"] is not None]
    assert list(everyone.y) == [grade["rate"]["value"] for grade in shown]
    reach = [grade["rate"]["high"] - grade["rate"]["value"] for grade in shown]
    assert list(everyone.error_y.array) == pytest.approx(reach)
    assert min(reach) > 0
    assert len(figures.bands(told["pools"]["all"]["bands"]).data[0].x) == len(told["pools"]["all"]["bands"])
    assert list(figures.days(told["days"]).data[0].y) == [told["days"][0]["auc"]["value"]]
