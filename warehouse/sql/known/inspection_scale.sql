-- grain: one inspection with what it found and the scale by which its team finds more (above 1) or less than others would,
-- for all findings and for whether a critical one is found at all; none for what is long past or of entities not yet known
-- a nuisance estimate: pooled towards 1, without the inspections of the very entity, from what was known by the as-of day;
-- the only place where a figure about entities may look at who inspected, and it says nothing but the scale
with visited as (
    -- where an inspection names nobody, the routine visit of that entity and day may; two that differ tell nothing
    select v.entity_id, v.event_date, sole(v.inspector_ids) as inspector_ids
    from known.visit as v
    where v.visit_cause = 'routine' and v.entity_id is not null
    group by v.entity_id, v.event_date
),

told as (
    select
        i.inspection_id, i.entity_id, i.event_date, i.inspection_kind, i.result, i.critical_count, i.serious_count, i.minor_count,
        e.hazard_level,
        i.critical_count + i.serious_count + i.minor_count as findings,
        case when i.critical_count > 0 then 1 else 0 end as critical,
        coalesce(i.inspector_ids, v.inspector_ids) as inspector_ids,
        e.entity_id is not null and i.event_date > r.as_of - p.inspection_rate_days as is_rated
    from known.inspection as i
    left join known.entity as e on e.entity_id = i.entity_id
    left join visited as v on v.entity_id = i.entity_id and v.event_date = i.event_date
    cross join policy.indicator_window as p
    cross join run.info as r
    where i.entity_id is not null
),

-- what a team of the common scale finds on such a visit
usual as (
    select
        inspection_kind,
        hazard_level,
        half_even(sum(findings) * 1000000, count(*)) as findings_micro,
        half_even(sum(critical) * 1000000, count(*)) as critical_micro
    from told
    where is_rated
    group by inspection_kind, hazard_level
),

seat as (
    select
        t.inspection_id,
        t.entity_id,
        t.findings,
        t.critical,
        u.findings_micro,
        u.critical_micro,
        unnest(string_split(t.inspector_ids, ';')) as inspector_id
    from told as t
    join usual as u
        on u.inspection_kind = t.inspection_kind and u.hazard_level is not distinct from t.hazard_level
    where t.is_rated and t.inspector_ids is not null
),

at_entity as (
    select
        inspector_id,
        entity_id,
        cast(sum(findings) as bigint) as found,
        cast(sum(findings_micro) as bigint) as usual_micro,
        cast(sum(critical) as bigint) as critical,
        cast(sum(critical_micro) as bigint) as usual_critical_micro
    from seat
    group by inspector_id, entity_id
),

overall as (
    select
        inspector_id,
        cast(sum(found) as bigint) as found,
        cast(sum(usual_micro) as bigint) as usual_micro,
        cast(sum(critical) as bigint) as critical,
        cast(sum(usual_critical_micro) as bigint) as usual_critical_micro
    from at_entity
    group by inspector_id
),

elsewhere as (
    select
        a.inspector_id,
        a.entity_id,
        half_even(
            (o.found - a.found + s.prior_findings) * 1000000000000,  -- 64 bits hold nine million findings of one person
            o.usual_micro - a.usual_micro + s.prior_findings * 1000000
        ) as scale_micro,
        half_even(
            (o.critical - a.critical + s.prior_critical) * 1000000000000,
            o.usual_critical_micro - a.usual_critical_micro + s.prior_critical * 1000000
        ) as critical_scale_micro
    from at_entity as a
    join overall as o on o.inspector_id = a.inspector_id
    cross join policy.strictness as s
),

-- the scale of a team is the mean of its members, so each member's own figure shows only a part of their deviation
team as (
    select
        s.inspection_id,
        s.entity_id,
        sum(e.scale_micro) - (count(*) - 1) * 1000000 as scale_micro,
        sum(e.critical_scale_micro) - (count(*) - 1) * 1000000 as critical_scale_micro
    from seat as s
    join elsewhere as e on e.inspector_id = s.inspector_id and e.entity_id = s.entity_id
    group by s.inspection_id, s.entity_id
)

select
    t.inspection_id, t.entity_id, t.event_date, t.inspection_kind, t.result, t.critical_count, t.serious_count, t.minor_count,
    case when t.is_rated then cast(greatest(coalesce(m.scale_micro, 1000000), p.least_micro) as bigint) end as scale_micro,
    case when t.is_rated then cast(greatest(coalesce(m.critical_scale_micro, 1000000), p.least_micro) as bigint) end as critical_scale_micro
from told as t
cross join policy.strictness as p
left join team as m on m.inspection_id = t.inspection_id and m.entity_id = t.entity_id
order by t.entity_id, t.inspection_id
