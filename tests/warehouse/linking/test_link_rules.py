"""Which candidate becomes a link, since when it is known, and what a person's verdict changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from models.matching.credit_code import ALPHABET, check_character
from models.policy.loader import Policy
from tests.warehouse import small
from warehouse import catalog, parameters
from warehouse.engine import DuckDBEngine
from warehouse.linking import candidates, verdicts
from warehouse.state import State

D, K = date(2024, 6, 30), datetime(2024, 6, 30, 16)
A, B, C = (body + check_character(body) for body in ("91610113MCX1LTA61", "91610113MCX2LTB72", "92610112MCX3LTC83"))
STRANGER = "91610113MCX9WWW99" + check_character("91610113MCX9WWW99")
EARLY, LATE = datetime(2024, 1, 5), datetime(2024, 3, 1)
REGISTER = [
    {"entity_code": A, "name": "西安澄禾屿餐饮管理有限公司", "district_code": "610113"},
    {"entity_code": B, "name": "雁塔区麦云鹿便利店", "district_code": "610113"},
    {"entity_code": C, "name": "雁塔区麦云鹿便利店", "district_code": "610112"},
]


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        for table in [*catalog.contracts("raw").values(), *catalog.contracts("entity").values()]:
            small.fill(opened, table.qualified, [])
        small.fill(opened, "run.info", [{"as_of": D, "known_by": K}])
        small.fill(opened, "run.feed", [{"feed_id": "f", "code_system": "credit_code", "zone": "Asia/Shanghai"}])
        small.fill(opened, "entity.district", [{"district_code": "610113", "district_name": "雁塔区"}])
        rows = [
            row | {"feed_id": "f", "status": "active", "event_date": date(2024, 1, 1), "known_at": LATE}
            for row in REGISTER
        ]
        small.fill(opened, "raw.registration", [row | {"row_number": n} for n, row in enumerate(rows)])
        parameters.write_policy(opened, Policy.load(), D)
        yield opened


def complain(engine: DuckDBEngine, *told: dict[str, Any], events: State | None = None) -> list[dict[str, Any]]:
    """Link complaints as told and return their facts in the same order."""
    rows = [
        row
        | {"complaint_id": f"{n}", "row_number": n, "feed_id": "f", "event_date": date(2024, 1, 4), "known_at": EARLY}
        for n, row in enumerate(told)
    ]
    small.fill(engine, "raw.complaint", rows)
    small.sql_table(engine, "entity.code", "entity.bearer", "entity.name", "entity.mention", "entity.history")
    candidates.write_candidates(engine, Policy.load().at(D))
    verdicts.write_verdicts(engine, events.events(verdicts.KIND) if events else [])
    small.sql_table(engine, "entity.link", "entity.review", "fact.complaint")
    return engine.frame(
        "select f.linked_by, c.entity_code as linked_to, f.known_at from fact.complaint as f"
        " left join entity.code as c on c.entity_id = f.entity_id order by f.complaint_id"
    ).to_dicts()


def misread(code: str) -> str:
    return code[:12] + ALPHABET[(ALPHABET.index(code[12]) + 3) % 31] + code[13:]


@pytest.mark.parametrize(
    ("told", "by", "to"),
    [
        ({"entity_code": A}, "code", A),
        ({"entity_name": "西安澄禾屿餐饮管理有限公司"}, "name", A),
        ({"entity_code": STRANGER, "entity_name": "西安澄禾屿 餐饮管理有限公司"}, "name", A),
        ({"entity_code": misread(A)}, "model", A),
        ({"entity_code": misread(A), "entity_name": "西安澄禾屿餐饮"}, "model", A),
        ({"entity_code": misread(A), "entity_name": "某某商场"}, None, None),
        ({"entity_name": "西安澄屿禾餐饮管理有限公司"}, "model", A),
        ({"entity_name": "澄禾屿餐馆", "district_code": "610113"}, "model", A),
        ({"entity_name": "澄禾屿餐馆", "district_code": "610104"}, None, None),
        ({"entity_name": "雁塔区麦云鹿便利店", "district_code": "610112"}, "model", C),
        ({"entity_name": "雁塔区麦云鹿便利店"}, None, None),
        ({"entity_code": STRANGER}, None, None),
        ({"entity_code": STRANGER, "entity_name": "澄禾屿餐馆", "district_code": "610113"}, None, None),
        ({"entity_name": "毫不相干的店"}, None, None),
        ({}, None, None),
    ],
)
def test_what_is_told_leads_to(engine: DuckDBEngine, told: dict[str, Any], by: str | None, to: str | None) -> None:
    fact = complain(engine, told)[0]
    assert (fact["linked_by"], fact["linked_to"]) == (by, to)
    # by code the row is known when it came in; what was looked up in the register, not before the register knew
    assert fact["known_at"] == (LATE if by in ("name", "model") else EARLY)


def test_what_others_tell_changes_no_link(engine: DuckDBEngine) -> None:
    asked = {"entity_name": "澄禾屿餐馆", "district_code": "610113"}
    alone = engine.rows("select 1") and complain(engine, asked)[0]
    probability = "select link_probability from entity.link where entity_name = '澄禾屿餐馆'"
    before = engine.rows(probability)
    others = [{"entity_name": f"澄禾屿{word}", "district_code": "610112"} for word in ("饭店", "酒楼", "小吃店")]
    assert complain(engine, asked, *others)[0] == alone
    assert engine.rows(probability) == before


def test_a_verdict_decides_and_outlives_the_refresh(engine: DuckDBEngine, tmp_path: Path) -> None:
    unsure = {"entity_name": "雁塔区麦云鹿便利店"}
    assert complain(engine, unsure)[0]["linked_to"] is None
    open_ = engine.rows("select mention_key, candidate_entity_id, candidate_code from entity.review order by rank_no")
    assert {code for _, _, code in open_} == {B, C}
    entity = {code: (mention, id_) for mention, id_, code in open_}
    state = State(tmp_path / "state.sqlite")
    verdicts.decide(state, *entity[B], "different", "张", "已电话核实")
    assert complain(engine, unsure, events=state)[0]["linked_to"] is None
    assert engine.rows("select candidate_code from entity.review") == [(C,)]
    verdicts.decide(state, *entity[C], "same", "张", "已电话核实")
    for _ in range(2):
        fact = complain(engine, unsure, events=state)[0]
        assert (fact["linked_by"], fact["linked_to"], fact["known_at"]) == ("verdict", C, LATE)
        assert engine.count("entity.review") == 0
    verdicts.decide(state, *entity[C], "different", "李", "认错了店")
    assert complain(engine, unsure, events=state)[0]["linked_to"] is None
    with pytest.raises(ValueError, match="perhaps"):
        verdicts.decide(state, *entity[C], "perhaps", "李", "不确定")
