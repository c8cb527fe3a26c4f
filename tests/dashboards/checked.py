"""The part of the fabricated snapshot that is about the data itself: loads, quarantine, checks, lineage, dictionary.

Entities, grades and draws are in `snapshot.py`.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from warehouse import catalog, grading
from warehouse.serving import dictionary

Row = dict[str, Any]
SOURCES = {
    "registration": "市场主体登记状态",
    "inspection": "检查记录",
    "complaint": "投诉举报",
    "tax_filing": "纳税申报",
    "service_case": "办件与工单",
    "text_item": "舆情文本",
}
REASONS = (
    ("registration", "bad_code", "entity_code", "统一社会信用代码=91610131MA6TX2B7X0", 41),
    ("registration", "unreadable", "event_date", "登记日期=2023-02-30", 24),
    ("inspection", "unreadable", "event_date", "检查日期=昨天", 230),
    ("inspection", "not_allowed", "result", "检查结果=基本合格", 38),
    ("complaint", "missing", "complaint_id", "投诉举报编号=（空）", 17),
    ("tax_filing", "missing", "filing_id", "申报编号=（空）", 1194),
    ("tax_filing", "implausible", "event_date", "申报日期=1024-05-06", 3),
)
ERRORS = ("not gb18030 near byte 4096: illegal multibyte sequence", "the file is empty, it lacks even a header")
RUNS = 14


def tables(feed: str, run_id: str, as_of: date) -> dict[str, list[Row]]:
    """Feed `chicago` has no quarantined row and was never checked."""
    is_whole = feed != "chicago"
    found = {
        "run.source": [
            {"feed_id": feed, "source_id": s, "source_name": name, "table_name": s, "cadence": "daily"}
            for s, name in SOURCES.items()
        ],
        "run.load": _loads(feed, is_whole),
    }
    if not is_whole:
        return found
    results = _results(run_id, as_of)
    return {
        **found,
        "mart.quarantine_reason": [
            {
                "feed_id": feed,
                "source_id": s,
                "source_name": SOURCES[s],
                "table_name": s,
                "reason_code": code,
                "reason_column": column,
                "quarantined_count": n,
                "corrected_count": int(n == 24),
            }
            for s, code, column, _, n in REASONS
        ],
        "quarantine.sample": _samples(feed),
        "quality.result": results,
        "quality.run": _runs(as_of, results),
        "quality.history": _history(as_of, results),
    }


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables that no contract of a published stage makes: the masked sample, the dictionary and the lineage."""
    columns = ", ".join(f"{c.name} {c.type}" for c in catalog.contracts("quarantine")["sample"].columns)
    connection.execute(f"create schema quarantine; create table quarantine.sample ({columns}); create schema contract")
    connection.execute(f"create table contract.column as {dictionary()}")
    edges = [(name, read) for name, table in catalog.sql_tables().items() for read in table.reads]
    edges += [("grade.score", read) for read in grading.READS if not read.startswith("policy.")]
    edges += [(f"known.{fact}", f"fact.{fact}") for fact in catalog.contracts("fact")]
    connection.execute("create table contract.lineage (table_name varchar, reads varchar)")
    connection.executemany("insert into contract.lineage values (?, ?)", sorted(edges))


def _loads(feed: str, is_whole: bool) -> list[Row]:
    loads = []
    quarantined = Counter[str]()
    for s, _, _, _, n in REASONS if is_whole else ():
        quarantined[s] += n
    for order, source_id in enumerate(SOURCES):
        for year in (2025, 2026):
            bad = quarantined[source_id] if year == 2026 else 0
            error = ERRORS[order % 2] if is_whole and source_id == "text_item" and year == 2026 else None
            accepted = 0 if error else 11_000 + 100 * order - bad - 40
            loads.append(
                {
                    "load_id": f"load-{source_id}-{year}",
                    "feed_id": feed,
                    "source_id": source_id,
                    "table_name": source_id,
                    "file_name": f"{source_id}/{source_id}_{year}.csv",
                    "file_sha256": "ab" * 32,
                    "file_bytes": 81920,
                    "received_at": datetime(2026, 11, 20, 1),
                    "delivered_count": 0 if error else accepted + bad + 40,
                    "accepted_count": accepted,
                    "quarantined_count": bad,
                    "repeated_count": 0 if error else 40,
                    "load_error": error,
                }
            )
    return loads


def _samples(feed: str) -> list[Row]:
    rows = []
    for source_id, code, column, text, n in REASONS:
        for number in range(min(n, 30)):
            is_masked = code == "not_allowed" and number == 0
            is_corrected = n == 24 and number == 0
            rows.append(
                {
                    "load_id": f"load-{source_id}-2026",
                    "feed_id": feed,
                    "source_id": source_id,
                    "table_name": source_id,
                    "file_name": f"{source_id}/{source_id}_2026.csv",
                    "row_number": 17 + 101 * number,
                    "reason_code": code,
                    "reason_column": column,
                    "delivered_text": None if is_masked else text,
                    "is_masked": is_masked,
                    "corrected_by": "数据专员" if is_corrected else None,
                    "corrected_at": datetime(2026, 11, 19, 3) if is_corrected else None,
                }
            )
    return rows


def _results(run_id: str, as_of: date) -> list[Row]:
    rows = [
        {
            "run_id": run_id,
            "as_of": as_of,
            "stage_name": table.stage,
            "table_name": table.qualified,
            "rule_id": f"missing:{column.name}",
            "rule_name": f"{column.zh}不得为空",
            "rule_why": "数据契约",
            "check_severity": "blocking",
            "check_state": "passed",
            "unexpected_count": 0,
            "element_count": 2400,
        }
        for stage in ("entity", "grade", "plan", "mart")
        for table in catalog.contracts(stage).values()
        for column in table.columns
        if column.required
    ]
    warnings = (
        ("run.load", "unreadable_delivery", "报送文件全部可以读取", "读不了的文件等于没有报送，需通知来源单位重报", 1),
        (
            "known.complaint",
            "unlinked_share",
            "每个来源未关联到主体的行不超过 40%",
            "关联不上的行不进入任何主体的等级",
            1,
        ),
    )
    for table, rule, name, why, n in warnings:
        rows.append(
            {
                "run_id": run_id,
                "as_of": as_of,
                "stage_name": table.split(".")[0],
                "table_name": table,
                "rule_id": rule,
                "rule_name": name,
                "rule_why": why,
                "check_severity": "warning",
                "check_state": "failed",
                "unexpected_count": n,
                "element_count": 134,
                "detail": "feed_id=simulated, source_id=text_item, file_name=text_item/text_item_2026.csv",
            }
        )
    return rows


def _runs(as_of: date, results: list[Row]) -> list[Row]:
    passed = sum(row["check_state"] == "passed" for row in results)
    return [
        {
            "run_id": f"run-{back:02d}",
            "as_of": as_of - timedelta(days=back),
            "checked_at": datetime(2026, 11, 20, 19) - timedelta(days=back),
            "is_blocked": back == 5,
            "passed_count": passed,
            "warning_count": 1 + back % 3,
            "blocking_count": 2 if back == 5 else 0,
            "error_count": int(back == 9),
        }
        for back in range(RUNS)
    ]


def _history(as_of: date, results: list[Row]) -> list[Row]:
    broken = [row for row in results if row["check_state"] == "failed"]
    found = [
        {
            **row,
            "run_id": f"run-{back:02d}",
            "as_of": as_of - timedelta(days=back),
            "checked_at": datetime(2026, 11, 20, 19) - timedelta(days=back),
        }
        for back in range(RUNS)
        for row in broken[: 1 + back % 2]
    ]
    gone = {
        **broken[0], "run_id": "run-05", "checked_at": datetime(2026, 11, 15, 19), "table_name": "plan.stratum",
        "rule_id": "drawn_is_ceiling", "rule_name": "每层抽取户数 = 比例 × 总体，进到整数，至少 1 户", "rule_why": "抽取户数按规则唯一确定",
        "check_severity": "blocking", "stage_name": "plan",
    }  # fmt: skip
    return [*found, gone]
