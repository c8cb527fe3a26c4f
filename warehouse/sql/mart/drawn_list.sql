-- grain: one drawn entity
with seats as (
    select
        plan_id,
        entity_id,
        string_agg(inspector_id, ';' order by seat) as inspector_ids
    from plan.team
    group by plan_id, entity_id
)

select
    d.plan_id,
    d.stratum_id,
    d.draw_order,
    d.ticket,
    d.entity_id,
    d.entity_code,
    c.name,
    c.district_code,
    c.district_name,
    c.industry_name,
    c.credit_grade,
    c.risk_grade,
    d.inclusion_probability,
    s.inspector_ids
from plan.drawn as d
join mart.entity_card as c on c.entity_id = d.entity_id
left join seats as s on s.plan_id = d.plan_id and s.entity_id = d.entity_id
order by d.stratum_id, d.draw_order
