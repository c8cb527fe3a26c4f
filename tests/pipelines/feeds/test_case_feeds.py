"""Feeds of real cases: late, open and re-opened ones, three ways of writing an instant in one column, and no row lost.

Made-up files in the form of the real ones; where ../shared/data is present, the real ones too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.warehouse import small
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed

SHARED = Path(__file__).parents[4] / "shared" / "data"


@contextmanager
def refreshed(feed_id: str, data: Path, as_of: date, folder: Path) -> Iterator[DuckDBEngine]:
    with small.opened() as engine:
        small.build_all(engine, folder, [load_feed(small.PACKS / feed_id)], data, as_of)
        yield engine


def no_row_is_lost(engine: DuckDBEngine, rows: int) -> None:
    delivered, kept, out, again = engine.rows(
        "select sum(delivered_count), sum(accepted_count), sum(quarantined_count), sum(repeated_count) from run.load"
    )[0]
    assert engine.rows("select count(*) from run.load where load_error is not null") == [(0,)]
    assert delivered == rows == kept + out + again


def message(number: str, opened: str, answered: str | None) -> dict[str, str | None]:
    return {
        "留言编号": number,
        "留言用户": "A0001",
        "留言主题": f"反映{number}号路灯不亮",
        "留言时间": opened,
        "留言详情": "\n\t\t\t\n\t\t\t路灯不亮",
        "答复意见": "已修复" if answered else None,
        "答复时间": answered,
    }


def test_messages_in_three_ways_of_writing_an_instant(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    replied = [
        message("1", "2019/4/25 9:32:09", "2019/5/10 14:56:53"),
        message("2", "2019-04-08 08:37:20", "2019/4/9 0:05:00"),
        message("3", "2019年4月8日 23:59:59", "2019-07-30 10:00:00"),  # answered after the as-of day: open
        message("1", "2019/4/25 9:32:09", "2019/5/10 14:56:53"),
        message("4", "四月八日", "2019/4/9 0:05:00"),
    ]
    pl.DataFrame(replied).write_parquet(data / "messages_replies.parquet")
    pending = pl.DataFrame([message("5", "2019/6/23 18:01:46", None)])
    pending.with_columns(pl.lit(None).alias("答复意见"), pl.lit(None).alias("答复时间")).write_parquet(
        data / "messages_open_at_2019-07-01.parquet"
    )
    with refreshed("message_board", data, date(2019, 7, 1), tmp_path / "home") as engine:
        no_row_is_lost(engine, 6 + 5)  # messages, and the replies of the answered ones
        assert engine.rows("select reason_code, reason_column, count(*) from quarantine.row group by 1, 2") == [
            ("unreadable", "opened_at", 1)
        ]
        found = engine.rows(
            "select case_id, opened_at, closed_on, used_count, is_overdue, outcome from known.case_clock order by 1"
        )
    assert found == [
        ("1", datetime(2019, 4, 25, 1, 32, 9), date(2019, 5, 10), 10, False, "answered"),
        ("2", datetime(2019, 4, 8, 0, 37, 20), date(2019, 4, 9), 1, False, "answered"),
        ("3", datetime(2019, 4, 8, 15, 59, 59), None, 58, True, None),
        ("5", datetime(2019, 6, 23, 10, 1, 46), None, 6, False, None),
    ]


def request(number: str, opened: date, status: str, closed: date | None, nature: str | None = "Other") -> dict[str, object]:  # fmt: skip
    return {
        "Creation_Date": datetime.combine(opened, datetime.min.time()),
        "Status": status,
        "Completion_Date": datetime.combine(closed, datetime.min.time()) if closed else None,
        "Service_Request_Number": number,
        "Type_of_Service_Request": "Sanitation Code Violation",
        "Nature": nature,
        "Street_Address": "1 N INVENTED ST",
        "Ward": 7.0,
    }


REQUESTS = [
    request("R-1", date(2013, 7, 1), "Completed", date(2013, 7, 9)),  # 8 days of 21
    request("R-2", date(2013, 7, 1), "Completed", date(2013, 7, 10)),  # opened again, and closed for good in September
    request("R-2", date(2013, 7, 1), "Completed", date(2013, 9, 2)),
    request("R-3", date(2013, 9, 1), "Open", None, None),
    request("R-4", date(2013, 9, 1), "Completed - Dup", date(2013, 9, 5)),
    request("R-5", date(2000, 1, 3), "Completed", date(2011, 3, 28)),  # closed 4,102 days late
    request("R-1", date(2013, 7, 1), "Completed", date(2013, 7, 9)),
    request("R-6", date(2013, 9, 1), "Lost", date(2013, 9, 5)),
]
_SEEN = "select case_id, closed_on, used_count, is_overdue, counts_as from known.case_clock order by 1"


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    pl.DataFrame(REQUESTS).write_parquet(data / "complaints_311_sanitation.parquet")
    return data


def test_requests_that_are_open_late_or_opened_again(requests: Path, tmp_path: Path) -> None:
    with refreshed("chicago_311", requests, date(2013, 9, 30), tmp_path / "home") as engine:
        no_row_is_lost(engine, len(REQUESTS))
        assert engine.rows("select reason_code, reason_column from quarantine.row") == [("not_allowed", "outcome")]
        assert engine.rows(_SEEN) == [
            ("R-1", date(2013, 7, 9), 8, False, "done"),
            ("R-2", date(2013, 9, 2), 63, True, "done"),
            ("R-3", None, 29, True, None),
            ("R-4", date(2013, 9, 5), 4, False, "void"),
            ("R-5", date(2011, 3, 28), 4102, True, "done"),
        ]


def test_a_closing_that_was_taken_back_later_stands_until_then(requests: Path, tmp_path: Path) -> None:
    with refreshed("chicago_311", requests, date(2013, 8, 1), tmp_path / "home") as engine:
        assert engine.rows(_SEEN)[:2] == [
            ("R-1", date(2013, 7, 9), 8, False, "done"),
            ("R-2", date(2013, 7, 10), 9, False, "done"),
        ]


@pytest.mark.parametrize(
    ("feed_id", "folder", "as_of", "files", "rows"),
    [
        ("message_board", "tipdm_hotline", date(2020, 1, 31), ("messages_replies.parquet", "messages_open_at_2019-07-01.parquet"), 2370 + 2310),
        ("chicago_311", "chicago_food", date(2014, 4, 30), ("complaints_311_sanitation.parquet",), 61_557),
    ],
)  # fmt: skip
def test_no_row_of_the_real_files_is_lost(
    tmp_path: Path, feed_id: str, folder: str, as_of: date, files: tuple[str, ...], rows: int
) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"real data not present at {SHARED / folder}")
    data = tmp_path / "data"
    data.mkdir()
    for name in files:
        (data / name).symlink_to(SHARED / folder / name)
    with refreshed(feed_id, data, as_of, tmp_path / "home") as engine:
        no_row_is_lost(engine, rows)
        assert engine.count("quarantine.row") == 0
        cases, closed = engine.rows("select count(*), count(closed_on) from known.case_clock")[0]
        assert 0 < closed < cases
        assert cases == engine.rows("select count(distinct case_id) from raw.service_case")[0][0]
