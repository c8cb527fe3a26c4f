"""A snapshot with secrets planted in it, and an analyst who may read a part of it.

Not here: the fixtures (conftest.py).
"""

from __future__ import annotations

from warehouse.sandbox.worker import Scope

# In other districts, masked columns, tables that are not readable, and the path: nothing of it may ever come out.
SECRET = "QSECRET"
TABLES = f"""
create schema mart;
create schema known;
create schema plan;
create table mart.entity_card as
    select i as entity_id, case when i % 2 = 0 then '610113' else '610112' end as district_code,
        case when i % 2 = 0 then '雁塔企业' || i else '{SECRET}' || i end as name,
        '{SECRET}住址' || i as address, ['A', 'B', 'C', 'D'][1 + i // 2 % 4] as credit_grade,
        cast(100 - i % 50 as decimal(18, 6)) as credit_score, i % 7 as penalty_count,
        date '2020-01-01' + cast(i as integer) as established_date
    from range(1000) as t(i);
create table known.inspection as
    select i as inspection_id, i % 1000 as entity_id, date '2024-01-01' + cast(i % 700 as integer) as event_date,
        ['pass', 'fail'][1 + i % 2] as result, [['消防'], ['食品', '特种设备']][1 + i % 2] as items
    from range(5000) as t(i);
create table plan.recusal as select '{SECRET}' as inspector_id, 1 as entity_id;
"""


def views(alias: str, _present: object) -> list[str]:
    here = "t.entity_id in (select e.entity_id from {0}.mart.entity_card e where e.district_code = '610113')"
    return [
        "create schema mart",
        "create schema known",
        f"create view mart.entity_card as select t.* replace (cast(null as varchar) as address)"
        f" from {alias}.mart.entity_card t where t.district_code in ('610113')",
        f"create view known.inspection as select t.* from {alias}.known.inspection t where {here.format(alias)}",
    ]


ANALYST = Scope("analyst|*|610113", frozenset({"mart.entity_card", "known.inspection"}), views)
