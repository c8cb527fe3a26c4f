-- grain: one entity × indicator of the family near
-- what was found and complained about near by: the square an entity lies in, and at less weight the eight around it;
-- findings stand on the common scale, so that the district of a strict team is no worse for it; itself left out
with placed as (
    select
        e.entity_id,
        cast(floor(e.latitude * n.metres_per_degree / n.cell_metres) as bigint) as y,
        cast(floor(e.longitude * n.metres_per_degree * cos(radians(floor(e.latitude))) / n.cell_metres) as bigint) as x,
        coalesce(k.inspection_count, 0) as inspection_count,
        coalesce(k.critical_weight, 0) as critical_weight,
        coalesce(k.critical_exposure, 0) as critical_exposure,
        coalesce(k.finding_weight, 0) as finding_weight,
        coalesce(k.finding_exposure, 0) as finding_exposure
    from known.entity as e
    cross join policy.near as n
    left join known.record as k on k.entity_id = e.entity_id
    where e.status in ('active', 'revoked') and e.latitude is not null and e.longitude is not null
),

complaint as (
    select
        cast(floor(c.latitude * n.metres_per_degree / n.cell_metres) as bigint) as y,
        cast(floor(c.longitude * n.metres_per_degree * cos(radians(floor(c.latitude))) / n.cell_metres) as bigint) as x,
        cast(sum(d.weight_micro) as bigint) as complaint_weight,
        count(*) as complaints
    from known.complaint as c
    cross join policy.near as n
    join known.fading as d on d.decay_id = 'complaint' and d.event_date = c.event_date
    where c.latitude is not null and c.longitude is not null
    group by y, x
),

cell as (
    select
        coalesce(f.y, c.y) as y,
        coalesce(f.x, c.x) as x,
        coalesce(f.inspection_count, 0) as inspection_count,
        coalesce(f.critical_weight, 0) as critical_weight,
        coalesce(f.critical_exposure, 0) as critical_exposure,
        coalesce(f.finding_weight, 0) as finding_weight,
        coalesce(f.finding_exposure, 0) as finding_exposure,
        coalesce(c.complaint_weight, 0) as complaint_weight,
        coalesce(c.complaints, 0) as complaints
    from (
        select
            y,
            x,
            sum(inspection_count) as inspection_count,
            sum(critical_weight) as critical_weight,
            sum(critical_exposure) as critical_exposure,
            sum(finding_weight) as finding_weight,
            sum(finding_exposure) as finding_exposure
        from placed
        group by y, x
    ) as f
    full join complaint as c on c.y = f.y and c.x = f.x
),

around as (
    select
        o.y + s.dy as y,
        o.x + s.dx as x,
        sum(o.inspection_count) as inspection_count,
        sum(half_even(o.critical_weight * s.weight_micro, 1000000)) as critical_weight,
        sum(half_even(o.critical_exposure * s.weight_micro, 1000000)) as critical_exposure,
        sum(half_even(o.finding_weight * s.weight_micro, 1000000)) as finding_weight,
        sum(half_even(o.finding_exposure * s.weight_micro, 1000000)) as finding_exposure,
        sum(half_even(o.complaint_weight * s.weight_micro, 1000000)) as complaint_weight,
        sum(o.complaints) as complaints
    from cell as o
    cross join policy.near_step as s
    group by o.y + s.dy, o.x + s.dx
),

usual as (
    select
        shrunk_micro(sum(critical_weight), sum(critical_exposure), 0, 0) as critical_rate,
        shrunk_micro(sum(finding_weight), sum(finding_exposure), 0, 0) as finding_rate
    from placed
    having sum(critical_exposure) > 0
)

select
    p.entity_id,
    'near.critical_ratio' as indicator_id,
    relative_micro(a.critical_weight - p.critical_weight, a.critical_exposure - p.critical_exposure, u.critical_rate, q.near_weight) as indicator_value,
    cast(a.inspection_count - p.inspection_count as bigint) as evidence_count,
    cast(null as date) as first_evidence,
    cast(null as date) as last_evidence,
    cast(null as date) as expires_on
from placed as p
join around as a on a.y = p.y and a.x = p.x
cross join usual as u
cross join policy.peer as q
union all
select
    p.entity_id, 'near.finding_ratio' as indicator_id,
    relative_micro(a.finding_weight - p.finding_weight, a.finding_exposure - p.finding_exposure, u.finding_rate, q.near_weight),
    cast(a.inspection_count - p.inspection_count as bigint), null, null, null
from placed as p
join around as a on a.y = p.y and a.x = p.x
cross join usual as u
cross join policy.peer as q
union all
select p.entity_id, 'near.complaint_count' as indicator_id, micro(a.complaint_weight), cast(a.complaints as bigint), null, null, null
from placed as p
join around as a on a.y = p.y and a.x = p.x
