-- grain: one penalty with the day from which it no longer counts, and why
-- its legal effect ends, its publicity runs out under the rule in force on that day, it is repaired, or the window closes
with period as (
    select
        e.penalty_id,
        e.entity_id,
        min(term_day(e.event_date, p.ends_after_months, p.first_day, p.last_day)) as public_until,
        min(term_day(e.event_date, p.repair_after_months, p.first_day, p.last_day)) as repairable_from
    from known.penalty as e
    join policy.publicity_period as p on p.record_kind = 'penalty' and p.severity = e.penalty_severity
    group by e.penalty_id, e.entity_id
),

dated as (
    select
        e.penalty_id,
        e.entity_id,
        e.event_date,
        e.penalty_kind,
        e.penalty_severity,
        e.amount_cny,
        e.inspection_id,
        e.effect_until,
        e.event_date + w.penalty_days as window_until,
        p.public_until,
        p.repairable_from,
        -- a repair entered before the law allows it holds from the first day it does
        case when r.repaired_on is not null then greatest(r.repaired_on, p.repairable_from) end as repaired_on
    from known.penalty as e
    cross join policy.indicator_window as w
    left join period as p on p.penalty_id = e.penalty_id and p.entity_id = e.entity_id
    left join known.repair as r
        on r.entity_id = e.entity_id and r.record_kind = 'penalty' and r.record_id = e.penalty_id
    where e.entity_id is not null
)

select
    d.penalty_id,
    d.entity_id,
    d.event_date,
    d.penalty_kind,
    d.penalty_severity,
    d.amount_cny,
    d.inspection_id,
    least(d.effect_until, d.public_until, d.repaired_on, d.window_until) as ends_on,
    case least(d.effect_until, d.public_until, d.repaired_on, d.window_until)
        when d.effect_until then 'legal_effect'
        when d.repaired_on then 'repair'
        when d.public_until then 'publicity'
        else 'window'
    end as ends_by,
    d.repairable_from
from dated as d
order by d.entity_id, d.event_date, d.penalty_id
