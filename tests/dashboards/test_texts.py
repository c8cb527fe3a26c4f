"""The page 舆情: filters reach what they filter, commands are ready to be run, cards say where their figures come from.

What every page keeps is in test_app.py, what every list keeps in test_casework.py.
"""

from pathlib import Path

import duckdb
import pytest

from dashboards import labels, text_data
from dashboards.door import Door
from models.access.viewer import Viewer
from tests.dashboards.snapshot import DISTRICTS, ZONES, entity_id, publish
from tests.dashboards.test_app import body, written
from tests.dashboards.texted import TEXTS

PLACES = len(DISTRICTS) + len(ZONES)


def test_trend_and_risks_keep_the_districts_asked_for_and_the_viewers(door: Door, home: Path) -> None:
    all_texts = sum(50 + n for n in range(PLACES))
    assert text_data.months(door)["text_count"].to_list() == [all_texts] * 13
    assert text_data.months(door, ["610102", "610103"])["text_count"].to_list() == [50 + 51] * 13
    narrow = Door.open(home, Viewer(districts=frozenset({"610103"})))
    assert text_data.months(narrow, ["610102", "610103"])["text_count"].to_list() == [51] * 13
    assert text_data.months(narrow, ["610102"]).is_empty()
    assert text_data.risks(door)["text_count"].sum() == 13 * PLACES * (1 + 2 + 3)
    assert text_data.risks(door, month="2026-11-01")["text_count"].sum() == PLACES * (1 + 2 + 3)
    assert text_data.risks(door, ["610102"], "2026-11-01")["text_count"].to_list() == [1, 2, 3]


@pytest.mark.parametrize(
    ("chosen", "texts"),
    [({}, TEXTS), ({"entity_id": str(entity_id(4))}, 1), ({"polarity": "-1"}, 10), ({"polarity": "-1,1"}, 20)],
)
def test_texts_are_filtered_by_entity_and_tone(door: Door, chosen: dict[str, str], texts: int) -> None:
    assert text_data.LISTINGS["entity_text"].page(door, {}, chosen)[1] == texts


def test_an_entity_shows_its_texts_and_where_all_of_them_are(home: Path) -> None:
    said = written(body(home, f"/entity/{entity_id(0)}"))
    for part in (
        "第 0 条：菜是馊的",
        "负面",
        "食品安全、价格收费",
        "刷评",
        "全部 1 条",
        f"entities&entity_id={entity_id(0)}",
    ):
        assert part in said
    assert "近 180 日没有计入该主体的舆情文本" in written(body(home, f"/entity/{entity_id(TEXTS)}"))


def test_what_waits_comes_with_the_command_that_answers(home: Path, door: Door) -> None:
    said = written(body(home, "/texts?view=review"))
    (first, *others) = text_data.waiting_texts(door, {}, 5)
    assert len(others) == 4
    assert [one["rank_no"] for one in first] == [1, 2]
    for one in first:
        command = f"mingcha review text {one['review_id']} --candidate {one['candidate_code']} --verdict same"
        assert command in said
    # what is registered may be right; an order of which the model is not sure offers three leaves
    for code in ("010101", "010102", "010201"):
        assert f"mingcha label category RX000000001 {code} --actor" in said
    assert "mingcha label category RX000000000 010101 --actor" in said
    assert "mingcha label category RX000000000 0101 --actor" not in said, "a label is a leaf, not a category"
    assert "第 1 件：反映面包发霉" in said
    assert "此类通常由 卫生健康局 办理" in said


def test_cards_say_that_their_figures_are_synthetic_and_drift_is_told(home: Path) -> None:
    found = body(home, "/texts?view=models")
    said = written(found)
    for part in ("自编语料（合成）", "不代表真实文本上的效果", "88.5%（87.5%–89.4%）", "69.2%（概率不低于 0.851）"):
        assert part in said
    assert [getattr(part, "children", None) for part in found].count("已偏离，核对或重新训练") == 2
    assert "负面 40%" in said


def test_categories_have_their_names_at_every_level(tmp_path: Path) -> None:
    name = publish(tmp_path)
    with duckdb.connect(str(tmp_path / "serving" / name)) as con:
        con.execute(
            "insert into known.case_clock by name select 'f' as feed_id, 'H1' as case_id, 'hotline' as case_kind,"
            " '010203' as item_code, '市场监管·消费维权·退款难' as item_name, 'D01' as department_id, 'phone' as channel,"
            " timestamp '2026-05-01' as opened_at, date '2026-05-01' as opened_on, 'workday' as clock_tick,"
            " 0 as paused_count, false as is_over_statutory, false as is_overdue"
        )
    names = text_data.category_names(Door.open(tmp_path))
    assert names == {"01": "市场监管", "0102": "市场监管·消费维权", "010203": "市场监管·消费维权·退款难"}


def test_every_risk_and_channel_has_a_word() -> None:
    assert labels.word(labels.RISK, "food_safety;price") == "食品安全、价格收费"
    assert labels.word(labels.RISK, None) == "—"
