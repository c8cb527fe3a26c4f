-- grain: one entity × indicator of the family finding
-- a critical finding fades with age and stands on the common scale; one code found on several visits is repeated
with by_code as (
    select
        f.entity_id,
        f.finding_code,
        min(f.inspection_id) < max(f.inspection_id) as is_repeated,
        count(*) as findings,
        sum(half_even(d.weight_micro * 1000000, s.scale_micro)) filter (where f.severity = 'critical') as critical_micro,
        min(f.event_date) as first_day,
        max(f.event_date) as last_day,
        max(f.event_date) + max(p.finding_days) as ends_on
    from known.finding as f
    join known.inspection_scale as s on s.entity_id = f.entity_id and s.inspection_id = f.inspection_id and s.scale_micro is not null
    cross join policy.indicator_window as p
    cross join run.info as r
    join known.fading as d on d.decay_id = 'finding' and d.event_date = f.event_date
    where f.event_date > r.as_of - p.finding_days
    group by f.entity_id, f.finding_code
),

wide as (
    select
        c.entity_id,
        count(*) filter (where c.is_repeated) as repeated,
        coalesce(sum(c.critical_micro), 0) as critical_micro,
        cast(sum(c.findings) as bigint) as findings,
        min(c.first_day) as first_day,
        max(c.last_day) as last_day,
        max(c.ends_on) as ends_on
    from by_code as c
    group by c.entity_id
)

select
    w.entity_id,
    'finding.repeated_count' as indicator_id,
    cast(w.repeated as decimal(18, 6)) as indicator_value,
    w.findings as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
union all
select w.entity_id, 'finding.decayed_critical_count' as indicator_id, micro(w.critical_micro), w.findings, w.first_day, w.last_day, w.ends_on
from wide as w
