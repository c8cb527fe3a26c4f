"""The lists behind plans: check items, joint items, object base and inspector base, as the snapshot holds them.

Inspectors come by number, for those who schedule inspections; names are in no snapshot.
"""

import polars as pl

from dashboards.door import Door
from dashboards.listing import Listing

CHECK_ITEMS = Listing(
    table="""(
select c.check_item_id, c.name, c.department_id, coalesce(d.name, c.department_id) as department_name, c.basis,
    c.object_scope, c.ratio, c.frequency, case when c.is_key then '重点' else '一般' end as item_kind, c.skill, c.papers
from entity.check_item c left join entity.department d on d.department_id = c.department_id)""",
    columns={
        "check_item_id": "text",
        "name": "text",
        "department_id": "text",
        "department_name": "text",
        "item_kind": "text",
        "object_scope": "text",
        "ratio": "number",
        "frequency": "number",
        "skill": "text",
        "papers": "text",
        "basis": "text",
    },
    searched=("check_item_id", "name", "basis"),
    order=("check_item_id",),
)
JOINT_ITEMS = Listing(
    table="""(
select j.joint_item_id, j.name, j.lead_department_id as department_id,
    coalesce(d.name, j.lead_department_id) as department_name, j.department_ids, j.check_item_ids,
    length(j.check_item_ids) - length(replace(j.check_item_ids, ';', '')) + 1 as item_count
from entity.joint_item j left join entity.department d on d.department_id = j.lead_department_id)""",
    columns={
        "joint_item_id": "text",
        "name": "text",
        "department_id": "text",
        "department_name": "text",
        "department_ids": "text",
        "check_item_ids": "text",
        "item_count": "number",
    },
    searched=("joint_item_id", "name", "check_item_ids"),
    order=("joint_item_id",),
)
INSPECTORS = Listing(
    table="""(
select i.inspector_id, i.department_id, coalesce(d.name, i.department_id) as department_name,
    i.certificate_valid_until, i.district_code, coalesce(m.district_name, i.district_code) as district_name,
    coalesce(i.district_codes, '') as district_codes, coalesce(i.skills, '') as skills, l.leaves,
    coalesce(q.recused_count, 0) as recused_count,
    case when i.certificate_valid_until < r.as_of then '证件过期'
        when l.is_away then '休假' else '可派' end as readiness
from entity.inspector i
cross join run.info r
left join entity.department d on d.department_id = i.department_id
left join mart.district m on m.district_code = i.district_code
left join (
    select v.inspector_id, bool_or(v.valid_from <= n.as_of) as is_away,
        string_agg(v.valid_from || ' 至 ' || v.valid_to, '；' order by v.valid_from) as leaves
    from entity.inspector_leave v cross join run.info n where v.valid_to >= n.as_of group by v.inspector_id
) l on l.inspector_id = i.inspector_id
left join (
    select inspector_id, count(distinct entity_id) as recused_count from plan.recusal group by inspector_id
) q on q.inspector_id = i.inspector_id)""",
    columns={
        "inspector_id": "text",
        "department_id": "text",
        "department_name": "text",
        "readiness": "text",
        "certificate_valid_until": "date",
        "district_code": "text",
        "district_name": "text",
        "district_codes": "text",
        "skills": "text",
        "leaves": "text",
        "recused_count": "number",
    },
    searched=("skills",),
    order=("inspector_id",),
    needs="inspector",
)


def objects(door: Door) -> pl.DataFrame:
    """Active entities of the viewer by industry section: how many, of which grades, and check items that fit them."""
    return door.frame(
        "select i.industry_section, count(*) as entity_count,"
        + "".join(f" count(*) filter (where g.credit_grade = '{grade}') as credit_{grade}," for grade in "ABCD")
        + " count(*) filter (where g.risk_grade in ('Ⅲ', 'Ⅳ')) as high_count,"
        " count(*) filter (where g.credit_grade is null) as ungraded_count, any_value(n.item_count) as item_count"
        " from known.entity e left join entity.industry i on i.industry_code = e.industry_code"
        " left join grade.grade g on g.entity_id = e.entity_id"
        " left join (select s.industry_section, count(*) as item_count from"
        " (select distinct industry_section from entity.industry) s join entity.check_item c"
        " on coalesce(c.object_scope, '') = ''"
        " or list_contains(string_split(c.object_scope, ';'), s.industry_section)"
        " group by s.industry_section) n on n.industry_section = i.industry_section"
        " where e.status = 'active' group by i.industry_section order by i.industry_section nulls last"
    )


def counts(door: Door) -> dict[str, int]:
    """How many rows each list holds for the viewer."""
    one = {"startRow": 0, "endRow": 1}
    lists = {"items": CHECK_ITEMS, "joint": JOINT_ITEMS}
    if door.sees("inspector"):
        lists["inspectors"] = INSPECTORS
    found = {name: listing.page(door, one, {})[1] for name, listing in lists.items()}
    return found | {"objects": int(objects(door)["entity_count"].sum())}
