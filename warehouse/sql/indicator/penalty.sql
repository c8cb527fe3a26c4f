-- grain: one entity × indicator of the family penalty
-- a penalty stops counting on the day its legal effect ends or its repair takes hold (known.penalty_effect)
with wide as (
    select
        e.entity_id,
        count(*) as penalties,
        count(*) filter (where e.penalty_severity = 'serious') as seriouses,
        count(*) filter (where e.penalty_kind in ('suspension', 'licence_revoked')) as stops,
        sum(coalesce(e.amount_cny, 0)) as amount,
        sum(d.weight_micro) as decayed_micro,
        min(e.event_date) as first_day,
        max(e.event_date) as last_day,
        max(e.ends_on) as ends_on
    from known.penalty_effect as e
    cross join run.info as r
    join known.fading as d on d.decay_id = 'penalty' and d.event_date = e.event_date
    where e.ends_on > r.as_of
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
select w.entity_id, 'penalty.serious_count' as indicator_id, cast(w.seriouses as decimal(18, 6)), w.penalties, w.first_day, w.last_day, w.ends_on
from wide as w
union all
select w.entity_id, 'penalty.stop_count' as indicator_id, cast(w.stops as decimal(18, 6)), w.penalties, w.first_day, w.last_day, w.ends_on
from wide as w
union all
select w.entity_id, 'penalty.amount_cny' as indicator_id, cast(w.amount as decimal(18, 6)), w.penalties, w.first_day, w.last_day, w.ends_on
from wide as w
union all
select w.entity_id, 'penalty.decayed_count' as indicator_id, micro(w.decayed_micro), w.penalties, w.first_day, w.last_day, w.ends_on
from wide as w
