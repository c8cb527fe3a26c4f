"""A fabricated snapshot for the pages: tables as the contracts declare them, plausible rows, always the same.

Not a run of the pipeline: figures agree with one another where a page compares them, and nowhere else.
"""

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from models.policy import tables as policy_tables
from models.policy.loader import Policy
from tests.dashboards import casework, checked, planned, supervision, texted
from warehouse import catalog
from warehouse.parameters import POLICY_TABLES

Row = dict[str, Any]
AS_OF = date(2026, 11, 20)
ENTITIES = 2400
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
ZONES = {"6101G1": "高新区", "6101G2": "经开区", "6101G3": "曲江新区", "6101G4": "国际港务区", "6101G5": "航天基地"}
CHICAGO = {"60622": "60622", "60614": "60614", "60647": "60647", "60608": "60608"}
INDUSTRIES = {
    "6210": "餐饮服务",
    "5221": "食品零售",
    "5251": "药品零售",
    "3599": "设备制造",
    "7271": "旅行社",
    "8010": "体育健身",
}
WORDS = ("恒泰", "福满", "永兴", "鼎盛", "瑞丰", "宏远", "盛世", "天和", "华辰", "嘉禾", "长乐", "东岭")
KINDS = (
    ("餐饮管理有限公司", "company"),
    ("商贸有限公司", "company"),
    ("食品店", "sole_proprietor"),
    ("药业分公司", "branch"),
    ("健身服务个体工商户", "sole_proprietor"),
    ("科技有限公司", "company"),
)
INDICATORS = {
    "credit": (
        ("inspection.fail_ratio_24m", "检查不合格率", "比例", 30),
        ("penalty.serious_count_36m", "严重处罚次数", "次", 25),
        ("abnormal_list.days_36m", "列入异常名录天数", "日", 15),
        ("annual_report.filed_ratio_36m", "年报按期报送率", "比例", 12),
        ("complaint.upheld_count_12m", "属实投诉数", "件", 10),
        ("profile.age_years", "存续年限", "年", 8),
    ),
    "risk": (
        ("inspection.critical_count_24m", "严重问题数", "个", 32),
        ("complaint.count_12m", "近一年投诉数", "件", 24),
        ("profile.hazard", "固有危害程度", "级", 22),
        ("licence.expiring_count", "临期许可数", "个", 12),
        ("visit.months_since", "距上次检查月数", "月", 10),
    ),
}
PARTS = [(pack, *indicator) for pack, indicators in INDICATORS.items() for indicator in indicators]
PUBLISHED = ("run", "entity", "known", "indicator", "grade", "plan", "mart", "quality")


def publish(home: Path, feed: str = "simulated", run_id: str = "20261120-0300") -> str:
    """Write a snapshot, make it current, return its name; feed `chicago` has no map, approvals or hotline."""
    folder = home / "serving"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"serving-{run_id}.duckdb"
    connection = duckdb.connect(str(folder / name))
    _create(connection)
    for table, rows in _tables(feed, run_id).items():
        _insert(connection, table, rows)
    connection.close()
    partial = folder / "CURRENT.partial"
    partial.write_text(name)
    partial.replace(folder / "CURRENT")
    return name


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    for stage in (*PUBLISHED, "policy"):
        connection.execute(f"create schema {stage}")
    tables = [table for stage in PUBLISHED for table in catalog.contracts(stage).values()]
    for table in tables:
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        connection.execute(f"create table {table.qualified} ({columns})")
    for fact in (*supervision.FACTS, *planned.FACTS):
        columns = ", ".join(f'"{column.name}" {column.type}' for column in catalog.contracts("fact")[fact].columns)
        connection.execute(f"create table known.{fact} ({columns})")
    for name, typed in POLICY_TABLES.items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in typed.items())
        connection.execute(f"create table policy.{name} ({columns})")
    checked.create(connection)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> None:
    frame = pl.DataFrame(list(rows), infer_schema_length=None, strict=False)
    if frame.height:
        connection.register("delivered", frame.to_arrow())
        connection.execute(f"insert into {table} by name select * from delivered")
        connection.unregister("delivered")


@cache
def _rules() -> dict[str, list[Row]]:
    return policy_tables.tables(AS_OF, Policy.load())


def entity_id(number: int) -> int:
    """Large on purpose: beyond 2**53, where JavaScript numbers lose digits."""
    return 2**62 + 7 * number + 1


def _tables(feed: str, run_id: str) -> dict[str, list[Row]]:
    chance = random.Random(20261120)
    places = CHICAGO if feed == "chicago" else {**DISTRICTS, **ZONES}
    cards, contributions, values = _cards(chance, places), [], []
    for card in cards:
        parts, known = _contributions(chance, card)
        contributions += parts
        values += known
    districts = _districts(chance, cards, places)
    tables = {
        "run.info": [
            {
                "run_id": run_id,
                "as_of": AS_OF,
                "known_by": datetime(2026, 11, 20, 16),
                "policy_version": "9f3c27e1b0aa4d55",
                "code_version": "0.1.0",
                "input_digest": "ab" * 16,
                "built_at": datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=3),
                "feeds": feed,
            }
        ],
        "entity.department": [
            {"department_id": "D01", "name": "市场监管局"},
            {"department_id": "D02", "name": "卫生健康局"},
        ],
        "policy.value": _rules()["value"],
        "policy.basis": _rules()["basis"],
        "policy.indicator": [
            {
                "indicator_id": i,
                "name_zh": name,
                "family": i.partition(".")[0],
                "unit_zh": unit,
                "direction": "lower_is_better",
                "basis_zh": "《企业信息公示暂行条例》第十四条",
                "catalogue_code": "C-01",
            }
            for _, i, name, unit, _ in PARTS
        ],
        "policy.scorecard_indicator": [
            {
                "part_no": number,
                "pack_id": pack,
                "indicator_id": i,
                "group_id": i.partition(".")[0],
                "group_zh": i.partition(".")[0],
                "weight_micro": weight * 10_000,
                "missing_points_micro": 0,
                "is_text": False,
            }
            for number, (pack, i, _, _, weight) in enumerate(PARTS)
        ],
        "indicator.value": values,
        "grade.score": [
            {
                "entity_id": c["entity_id"],
                "pack_id": pack,
                "scorecard_score": c[f"{pack}_score"],
                "scorecard_grade": c[f"{pack}_grade"],
                "grade_without_text": c[f"{pack}_grade"],
            }
            for c in cards
            for pack in INDICATORS
        ],
        "known.entity": [_known(card) for card in cards],
        "entity.history": [row for card in cards for row in _history(card)],
        "grade.grade": [
            {
                "entity_id": c["entity_id"],
                "as_of": AS_OF,
                "policy_version": "9f3c27e1b0aa4d55",
                "run_id": run_id,
                "credit_veto": "近三年有严重违法行为" if c["credit_grade"] == "D" else None,
                **{k: c[k] for k in ("credit_score", "credit_grade", "risk_score", "risk_grade")},
            }
            for c in cards
        ],
        "grade.contribution": contributions,
        "mart.entity_card": cards,
        "mart.district": districts,
        "mart.credit_risk": _matrix(cards),
        "mart.inspection_month": supervision.months(chance),
        "mart.data_age": supervision.ages(feed, AS_OF),
        "mart.metric_value": casework.metrics(feed, AS_OF),
        **checked.tables(feed, run_id, AS_OF),
        **supervision.events(chance, cards, AS_OF),
        **supervision.draw(chance, cards),
        **(planned.tables(cards, AS_OF) if feed != "chicago" else {}),
    }
    return (
        tables
        if feed == "chicago"
        else {
            **tables,
            **casework.marts(chance, places, set(ZONES), AS_OF),
            **texted.marts(cards, places, set(ZONES), AS_OF),
        }
    )


def _cards(chance: random.Random, places: Mapping[str, str]) -> list[Row]:
    cards = []
    codes = list(places)
    for number in range(ENTITIES):
        district = codes[min(int(chance.expovariate(0.22)), len(codes) - 1)] if number else codes[0]
        suffix, form = KINDS[number % len(KINDS)]
        industry = list(INDUSTRIES)[number % len(INDUSTRIES)]
        inspections = chance.randrange(0, 7)
        cards.append(
            {
                "entity_id": entity_id(number),
                "entity_code": f"9161{chance.randrange(10**13):013d}X"[:18],
                "name": f"西安{WORDS[number % len(WORDS)]}{WORDS[(number // 12) % len(WORDS)]}{suffix}{number}",
                "legal_form": form,
                "industry_code": industry,
                "industry_name": INDUSTRIES[industry] if number % 40 else None,
                "district_code": None if number % 97 == 96 else district,
                "district_name": None if number % 97 == 96 else places[district],
                "status": "active",
                "established_date": None
                if number % 61 == 60
                else date(2005, 1, 1) + timedelta(days=chance.randrange(7800)),
                "inspection_count": inspections,
                "last_inspection_date": AS_OF - timedelta(days=chance.randrange(700)) if inspections else None,
                "problem_count": min(inspections, chance.randrange(3)),
                "penalty_count": int(chance.random() < 0.08),
                "complaint_count": max(0, int(chance.gauss(1, 2))),
            }
        )
    return cards


def _contributions(chance: random.Random, card: Row) -> tuple[list[Row], list[Row]]:
    """The parts of a card's scores, and the values behind them."""
    rows, values = [], []
    worse = chance.betavariate(1.1, 3.2)
    card |= {f"{pack}_score": Decimal(0) for pack in INDICATORS}
    for number, (pack, indicator_id, _, _, weight) in enumerate(PARTS):
        level = min(1.0, max(0.0, chance.gauss(1 - worse if pack == "credit" else worse, 0.18)))
        points = Decimal(round(100 * level, 2)).quantize(Decimal("0.000001"))
        amount = (points * weight / 100).quantize(Decimal("0.000001"))
        card[f"{pack}_score"] += amount
        rows.append({"entity_id": card["entity_id"], "part_no": number, "points": points, "contribution": amount})
        if evidence := chance.randrange(0, 5):
            values.append(
                {
                    "as_of": AS_OF,
                    "entity_id": card["entity_id"],
                    "indicator_id": indicator_id,
                    "indicator_no": number,
                    "indicator_value": Decimal(round(3 * (1 - level), 2)).quantize(Decimal("0.01")),
                    "evidence_count": evidence,
                    "first_evidence": AS_OF - timedelta(days=600),
                    "last_evidence": AS_OF - timedelta(days=chance.randrange(500)),
                }
            )
    card["credit_grade"] = _cut(card["credit_score"], "DCBA", (35, 55, 75))
    card["risk_grade"] = _cut(card["risk_score"], "ⅠⅡⅢⅣ", (25, 45, 62))
    return rows, values


def _cut(score: Decimal, grades: str, cuts: tuple[int, int, int]) -> str:
    return grades[sum(score >= cut for cut in cuts)]


def _known(card: Row) -> Row:
    names = (
        "entity_id",
        "entity_code",
        "name",
        "legal_form",
        "industry_code",
        "industry_name",
        "district_code",
        "district_name",
        "status",
        "established_date",
    )
    return {**{name: card[name] for name in names}, "address": "西安市某某路 1 号", "valid_from": date(2024, 3, 1)}


def _history(card: Row) -> list[Row]:
    same = {name: card[name] for name in ("entity_id", "entity_code", "legal_form", "district_code", "status")}
    known = {"known_at": datetime(2024, 3, 1)}
    return [
        {
            **same,
            **known,
            "observation_no": 1,
            "name": f"{card['name']}（原）",
            "address": "西安市旧街 2 号",
            "valid_from": date(2019, 5, 6),
            "valid_to": date(2024, 2, 29),
        },
        {
            **same,
            **known,
            "observation_no": 2,
            "name": card["name"],
            "address": "西安市某某路 1 号",
            "valid_from": date(2024, 3, 1),
            "valid_to": None,
        },
    ]


def _districts(chance: random.Random, cards: list[Row], places: Mapping[str, str]) -> list[Row]:
    rows = []
    for code, name in places.items():
        mine = [card for card in cards if card["district_code"] == code]
        if not mine:
            continue
        inspections = sum(card["inspection_count"] for card in mine)
        rows.append(
            {
                "district_code": code,
                "district_name": name,
                "district_kind": "zone" if code in ZONES else "district",
                "entity_count": len(mine),
                "high_risk_count": sum(c["credit_grade"] == "D" or c["risk_grade"] == "Ⅳ" for c in mine),
                "inspection_count": inspections,
                "problem_ratio": None if code == "610114" else round(chance.uniform(0.1, 0.35), 4),
                "complaint_count": sum(card["complaint_count"] for card in mine),
            }
        )
    return rows


def _matrix(cards: list[Row]) -> list[Row]:
    count: dict[tuple[str, str, str], int] = {}
    for card in cards:
        key = (card["district_code"] or "-", card["credit_grade"], card["risk_grade"])
        count[key] = count.get(key, 0) + 1
    names = ("district_code", "credit_grade", "risk_grade")
    return [{**dict(zip(names, key, strict=True)), "entity_count": n} for key, n in sorted(count.items())]
