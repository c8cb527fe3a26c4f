-- grain: one way in which visits were saved: departments that came on the same day (by year), inspections recognised (by plan)
select
    b.visit_year,
    'merged' as saving_kind,
    '' as plan_id,
    cast(sum(b.visit_count - b.day_count) as bigint) as saved_count
from (
    select visit_year, entity_id, count(*) as visit_count, count(distinct event_date) as day_count
    from plan.burden
    group by visit_year, entity_id
) as b
group by b.visit_year
union all
select
    cast(extract(year from t.window_from) as integer),
    'recognised',
    t.plan_id,
    cast(sum(t.spared_count) as bigint)
from plan.frozen_task as t
group by extract(year from t.window_from), t.plan_id
order by visit_year, saving_kind, plan_id
