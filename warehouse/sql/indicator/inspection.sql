-- grain: one entity × indicator of the family inspection
-- findings stand on the common scale (known.inspection_scale): who came must not make a firm better or worse
with seen as (
    select
        i.entity_id,
        i.event_date,
        i.inspection_kind,
        i.result,
        i.critical_count,
        i.serious_count,
        i.critical_count + i.serious_count + i.minor_count as findings,
        i.scale_micro,
        i.scale_micro is not null and i.event_date > r.as_of - p.inspection_days as is_recent,
        p.inspection_days,
        r.as_of
    from known.inspection_scale as i
    cross join policy.indicator_window as p
    cross join run.info as r
),

wide as (
    select
        n.entity_id,
        count(*) filter (where n.is_recent) as inspections,
        count(*) filter (where n.is_recent and n.result <> 'pass') as problems,
        count(*) filter (where n.is_recent and n.result = 'no_entry') as no_entries,
        count(*) filter (where n.is_recent and n.inspection_kind = 'recheck' and n.result <> 'pass') as again,
        sum(half_even(cast(n.critical_count as bigint) * 1000000 * 1000000, n.scale_micro)) filter (where n.is_recent) as critical_micro,
        sum(half_even(cast(n.serious_count as bigint) * 1000000 * 1000000, n.scale_micro)) filter (where n.is_recent) as serious_micro,
        cast(sum(n.scale_micro) filter (where n.is_recent) as bigint) as recent_exposure,
        count(n.scale_micro) as rated,
        sum(n.findings) filter (where n.scale_micro is not null) as findings,
        cast(sum(n.scale_micro) as bigint) as exposure,
        min(n.event_date) filter (where n.scale_micro is not null) as first_rated,
        min(n.event_date) filter (where n.is_recent) as first_day,
        max(n.event_date) as last_day,
        max(n.event_date) + max(n.inspection_days) as ends_on,
        max(n.as_of) as as_of
    from seen as n
    group by n.entity_id
),

peers as (
    select
        w.entity_id,
        w.findings,
        w.exposure,
        sum(w.findings) over alike - w.findings as peer_findings,
        sum(w.exposure) over alike - w.exposure as peer_exposure,
        shrunk(sum(w.findings) over (), sum(w.exposure) over (), 0, 0) as zone_rate,
        w.rated,
        w.first_rated,
        w.last_day,
        w.ends_on
    from wide as w
    join known.entity as e on e.entity_id = w.entity_id
    where w.rated > 0
    window alike as (partition by e.industry_code, e.district_code)
),

usual as (
    select
        p.*,
        shrunk(p.peer_findings, p.peer_exposure, p.zone_rate, q.group_weight) as peer_rate,
        q.inspection_weight
    from peers as p
    cross join policy.peer as q
    where p.zone_rate > 0
)

select
    w.entity_id,
    'inspection.problem_ratio' as indicator_id,
    ratio(w.problems * 1000000, w.recent_exposure) as indicator_value,
    w.inspections as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
where w.inspections > 0
union all
select w.entity_id, 'inspection.critical_count' as indicator_id, micro(w.critical_micro), w.inspections, w.first_day, w.last_day, w.ends_on
from wide as w
where w.inspections > 0
union all
select w.entity_id, 'inspection.serious_count' as indicator_id, micro(w.serious_micro), w.inspections, w.first_day, w.last_day, w.ends_on
from wide as w
where w.inspections > 0
union all
select w.entity_id, 'inspection.no_entry_count' as indicator_id, cast(w.no_entries as decimal(18, 6)), w.inspections, w.first_day, w.last_day, w.ends_on
from wide as w
where w.inspections > 0
union all
select w.entity_id, 'inspection.recheck_problem_count' as indicator_id, cast(w.again as decimal(18, 6)), w.inspections, w.first_day, w.last_day, w.ends_on
from wide as w
where w.inspections > 0
union all
select
    u.entity_id, 'inspection.finding_rate' as indicator_id,
    ratio(shrunk(u.findings, u.exposure, u.peer_rate, u.inspection_weight), u.zone_rate),
    u.rated, u.first_rated, u.last_day, u.ends_on
from usual as u
union all
select w.entity_id, 'inspection.days_since_last' as indicator_id, cast(w.as_of - w.last_day as decimal(18, 6)), 1, w.last_day, w.last_day, null
from wide as w
