-- grain: one drawn entity
select
    t.plan_id,
    t.stratum_id,
    t.entity_id,
    t.entity_code,
    t.ticket,
    t.draw_order,
    cast(cast(s.drawn_count as double) / s.population_count as decimal(9, 6)) as inclusion_probability
from plan.ticket as t
join plan.stratum as s on s.plan_id = t.plan_id and s.stratum_id = t.stratum_id
where t.draw_order <= s.drawn_count
order by t.stratum_id, t.draw_order
