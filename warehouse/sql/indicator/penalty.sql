-- grain: one entity × indicator of the family penalty
-- a penalty stops counting on the day its legal effect ends
with wide as (
    select
        e.entity_id,
        count(*) as penalties,
        count(*) filter (where e.penalty_severity = 'serious') as seriouses,
        sum(coalesce(e.amount_cny, 0)) as amount,
        min(e.event_date) as first_day,
        max(e.event_date) as last_day,
        max(coalesce(e.effect_until, e.event_date + p.penalty_days)) as ends_on
    from known.penalty as e
    cross join policy.indicator_window as p
    cross join run.info as r
    where
        e.entity_id is not null
        and e.event_date > r.as_of - p.penalty_days
        and (e.effect_until is null or e.effect_until > r.as_of)
    group by e.entity_id
)

select
    w.entity_id,
    'penalty.count' as indicator_id,
    cast(w.penalties as decimal(18, 6)) as indicator_value,
    w.penalties as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
union all
select
    w.entity_id,
    'penalty.serious_count' as indicator_id,
    cast(w.seriouses as decimal(18, 6)) as indicator_value,
    w.penalties as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
union all
select
    w.entity_id,
    'penalty.amount_cny' as indicator_id,
    cast(w.amount as decimal(18, 6)) as indicator_value,
    w.penalties as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
