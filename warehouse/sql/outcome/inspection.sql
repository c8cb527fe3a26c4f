-- grain: one inspection after the as-of day, as it is known today: what grades are held against, never what makes them
-- who came only divides this comparison into strata; where an inspection names nobody, a visit of that entity and day may
with visited as (
    select
        v.entity_id,
        v.event_date,
        -- the routine visit is the inspection itself; two that differ tell nothing
        sole(v.inspector_ids) as inspector_ids
    from fact.visit as v
    cross join run.info as r
    where v.event_date > r.as_of and v.superseded_at is null and v.visit_cause = 'routine' and v.entity_id is not null
    group by v.entity_id, v.event_date
)

select
    i.feed_id,
    i.inspection_id,
    i.entity_id,
    i.event_date,
    i.inspection_kind,
    coalesce(i.inspector_ids, v.inspector_ids) as inspector_ids,
    i.result,
    i.critical_count
from fact.inspection as i
cross join run.info as r
left join visited as v on v.entity_id = i.entity_id and v.event_date = i.event_date
where i.event_date > r.as_of and i.superseded_at is null
order by i.event_date, i.feed_id, i.inspection_id
