"""热点话题 and 答复质量: the board shows what the marts hold, filters hold, lists export in full.

Not here: how heat and quality come about.
"""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboards import topic_data
from dashboards.app import create_app
from dashboards.door import Door
from dashboards.pages import topics
from models.access.viewer import Viewer
from tests.dashboards.test_app import body, written
from tests.dashboards.test_casework import exported


@pytest.fixture(scope="module")
def client(home: Path) -> FlaskClient:
    return create_app(home).server.test_client()


def told(home: Path, address: str) -> str:
    return " ".join(written(part) for part in body(home, address))


def test_the_board_shows_the_hottest_of_the_window(home: Path) -> None:
    door = Door.open(home)
    month = topic_data.hottest(door, [], 30, topics.MOST)
    assert month["heat_score"].to_list() == sorted(month["heat_score"], reverse=True)
    assert len(month) == topics.MOST
    assert len(topic_data.hottest(door, [], 7, topics.MOST)) == 3
    shown = told(home, "/topics?window=7")
    assert "景文路停水第2天" in shown
    assert "景文路又停水了，第3条" in shown
    assert "景文路停水第3天" not in shown.split("全部事件")[0]


def test_a_district_has_its_own_board(home: Path) -> None:
    door = Door.open(home)
    code = topic_data.hottest(door, [], 30, 1)["district_code"][0]
    assert set(topic_data.hottest(door, [code], 30, topics.MOST)["district_code"]) == {code}
    narrow = Door.open(home, Viewer(districts=frozenset({code})))
    assert set(topic_data.hottest(narrow, [], 30, topics.MOST)["district_code"]) == {code}


def test_an_empty_board_says_why(home: Path) -> None:
    assert "所选区县和时间窗内没有热点事件" in told(home, "/topics?district_code=none")


@pytest.mark.parametrize(("name", "rows"), [("topic", 8), ("reply", 4), ("reply_quality", 1)])
def test_lists_export_in_full(client: FlaskClient, name: str, rows: int) -> None:
    assert len(exported(client, name)) == rows


def test_replies_stand_on_the_page_of_the_hotline(home: Path) -> None:
    assert "逐条答复" in told(home, "/hotline?view=replies")
