"""Every format as departments deliver it: read in full, typed, numbered; what cannot be read is named and harms nobody.

Not here: keys, repeats and versions (test_ingest).
"""

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from warehouse.catalog import contracts
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed
from warehouse.ingest import Load, ingest

TABLE = contracts("raw")["department"]
SQL = 'select load_no, row_number, "编号" as department_id, "名称" as name, "日期" as event_date from delivered'
STYLES = ["2024-03-05", "2024/3/5", "20240305", "2024年3月5日"]


class Office:
    """A department that delivers into a folder, and the loader behind it."""

    def __init__(self, root: Path, file_format: str, encoding: str = "utf-8") -> None:
        self.data, self.root = root / "data", root
        self.data.mkdir(parents=True)
        (root / "d.sql").write_text(SQL, encoding="utf-8")
        source = {
            "title": "部门",
            "files": "*",
            "format": file_format,
            "encoding": encoding,
            "contract": "department",
            "sql": "d.sql",
            "cadence": "once",
            "known_at": {"lag_days": 0},
            "owner_department_id": "D01",
        }
        self.feed = Feed(
            feed="office",
            title={"zh": "单位", "en": "office"},
            zone="Asia/Shanghai",
            code_system="credit_code",
            date_formats=("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"),
            sources={"d": source},
            folder=root,
        )
        self.archive = Archive(root / "raw")

    def load(self, engine: DuckDBEngine) -> dict[str, Load]:
        self.archive.receive(self.feed, self.data)
        return {load.file_name: load for load in ingest(engine, self.archive, [self.feed], TABLE)}


@pytest.fixture
def engine(tmp_path: Path) -> DuckDBEngine:
    return DuckDBEngine(":memory:", tmp_path / "temp")


def accepted(engine: DuckDBEngine) -> list[tuple[object, ...]]:
    return engine.rows("select department_id, name, event_date, row_number from raw.department order by department_id")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_every_encoding_and_date_style(tmp_path: Path, engine: DuckDBEngine, encoding: str) -> None:
    office = Office(tmp_path / "o", "csv", "gb18030" if encoding == "gb18030" else "utf-8")
    names = ["西安“甲”", "𠮷家（分店）", "乙,丙", "丁\n戊"]  # the second has a character of four bytes in GB 18030
    rows = [f'0{n},"{name}",{day}' for n, (name, day) in enumerate(zip(names, STYLES, strict=True), start=1)]
    (office.data / "a.csv").write_bytes(("编号,名称,日期\n" + "\n".join(rows) + "\n").encode(encoding))
    load = office.load(engine)["a.csv"]
    assert (load.delivered_count, load.accepted_count, load.load_error) == (4, 4, None)
    expected = [(f"0{n}", name, date(2024, 3, 5), n) for n, name in enumerate(names, start=1)]
    assert accepted(engine) == expected


def test_gb18030_survives_the_boundaries_of_reading(tmp_path: Path, engine: DuckDBEngine) -> None:
    """Two-byte characters shifted by one byte a line lie across every buffer; none may break."""
    office = Office(tmp_path / "o", "csv", "gb18030")
    text = "编号,名称,日期\n" + "".join(f"{n},市场监管{'x' * (n % 7)}局,2024-03-05\n" for n in range(120_000))
    (office.data / "a.csv").write_bytes(text.encode("gb18030"))
    assert len(text.encode("gb18030")) > 3 * (1 << 20)
    load = office.load(engine)["a.csv"]
    assert (load.accepted_count, load.load_error) == (120_000, None)
    wrong = engine.rows(
        "select count(*) from raw.department where name <> '市场监管' || repeat('x', cast(department_id as int) % 7) || '局'"
    )
    assert wrong == [(0,)]


def test_wrong_encoding_is_named_and_the_rest_goes_on(tmp_path: Path, engine: DuckDBEngine) -> None:
    office = Office(tmp_path / "o", "csv", "gb18030")
    (office.data / "bad.csv").write_bytes("编号,名称,日期\n01,甲".encode("gb18030") + b"\xff,2024-03-05\n")
    (office.data / "good.csv").write_bytes("编号,名称,日期\n02,乙,2024-03-05\n".encode("gb18030"))
    loads = office.load(engine)
    assert "gb18030" in (loads["bad.csv"].load_error or "")
    assert loads["bad.csv"].delivered_count == 0
    assert loads["good.csv"].accepted_count == 1


def test_json_lines_with_absent_and_null_keys(tmp_path: Path, engine: DuckDBEngine) -> None:
    office = Office(tmp_path / "o", "jsonl")
    lines = [
        '{"编号":"01","名称":"甲","日期":"2024年3月5日"}',
        '{"日期":"2024-03-05","编号":"02"}',
        '{"编号":3,"名称":"丙","日期":"20240305"}',
    ]
    (office.data / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (office.data / "broken.jsonl").write_text('{"编号":"09","名称":\n', encoding="utf-8")
    loads = office.load(engine)
    assert accepted(engine) == [("01", "甲", date(2024, 3, 5), 1), ("3", "丙", date(2024, 3, 5), 3)]
    assert loads["a.jsonl"].quarantined_count == 1
    assert engine.rows("select row_number, reason_code, reason_column from quarantine.row") == [(2, "missing", "name")]
    assert loads["broken.jsonl"].load_error


def test_workbook_with_date_cells_text_dates_and_a_blank_row(tmp_path: Path, engine: DuckDBEngine) -> None:
    office = Office(tmp_path / "o", "xlsx")
    with xlsxwriter.Workbook(str(office.data / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["编号", "名称", "日期"])
        sheet.write_row(1, 0, ["0101", "甲"])
        sheet.write_datetime(1, 2, datetime(2024, 3, 5), day)
        sheet.write_row(3, 0, ["0102", "乙", "2024/3/5"])
    (office.data / "cut.xlsx").write_bytes((office.data / "a.xlsx").read_bytes()[:1500])
    loads = office.load(engine)
    assert accepted(engine) == [("0101", "甲", date(2024, 3, 5), 1), ("0102", "乙", date(2024, 3, 5), 3)]
    assert loads["a.xlsx"].quarantined_count == 1  # the blank row: seen, not lost
    assert loads["cut.xlsx"].load_error


@pytest.mark.parametrize(
    ("amount", "reason"), [("-1", "implausible"), ("1e15", "implausible"), ("12.345", None), ("0", None)]
)
def test_an_amount_out_of_all_bounds_is_quarantined(
    tmp_path: Path, engine: DuckDBEngine, amount: str, reason: str | None
) -> None:
    from tests.warehouse import small

    feed = small.pack(tmp_path / "pack", {"penalty": "*.csv"})
    names = [
        "penalty_id",
        "entity_code",
        "department_id",
        "penalty_kind",
        "penalty_severity",
        "amount_cny",
        "event_date",
    ]
    columns = [*names, "entity_name", "inspection_id", "effect_until"]
    row = dict.fromkeys(columns, "") | dict(
        zip(names, ["P1", "E1", "D1", "fine", "minor", amount, "2024-01-02"], strict=True)
    )
    small.write_csv(tmp_path / "data" / "a.csv", columns, [row])
    archive = Archive(tmp_path / "raw")
    archive.receive(feed, tmp_path / "data")
    (load,) = ingest(engine, archive, [feed], contracts("raw")["penalty"])
    found = engine.rows("select reason_code, reason_column from quarantine.row")
    assert found == ([(reason, "amount_cny")] if reason else [])
    assert load.accepted_count == (0 if reason else 1)


@pytest.mark.parametrize(("count", "accepted"), [("3", 1), ("3.0", 1), ("12.5", 0), ("three", 0)])
def test_a_broken_whole_number_is_not_rounded(tmp_path: Path, engine: DuckDBEngine, count: str, accepted: int) -> None:
    from tests.warehouse import small

    feed = small.pack(tmp_path / "pack", {"annual_report": "*.csv"})
    columns = [
        "report_id",
        "entity_code",
        "entity_name",
        "department_id",
        "report_year",
        "employee_count",
        "revenue_cny",
        "event_date",
    ]
    row = dict(zip(columns, ["R1", "E1", "", "D1", "2023", count, "1", "2024-01-02"], strict=True))
    small.write_csv(tmp_path / "data" / "a.csv", columns, [row])
    archive = Archive(tmp_path / "raw")
    archive.receive(feed, tmp_path / "data")
    (load,) = ingest(engine, archive, [feed], contracts("raw")["annual_report"])
    assert load.accepted_count == accepted
