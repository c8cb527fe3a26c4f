-- grain: one case; working days run from the day after opening to closing, or to the as-of day while open
with dated as (
    select
        c.*,
        c.event_date as opened_on,
        cast(timezone(f.zone, timezone('UTC', c.closed_at)) as date) as closed_on
    from known.service_case as c
    join run.feed as f on f.feed_id = c.feed_id
),

clocked as (
    select
        d.*,
        e.workday_no - s.workday_no as days_used
    from dated as d
    cross join run.info as r
    left join policy.workday as s on s.day = d.opened_on
    left join policy.workday as e on e.day = coalesce(d.closed_on, r.as_of)
)

select
    k.feed_id,
    k.case_id,
    k.case_kind,
    k.item_code,
    k.item_name,
    k.district_code,
    k.channel,
    k.caller_id,
    k.opened_at,
    k.closed_at,
    k.opened_on,
    k.closed_on,
    k.statutory_days,
    k.promised_days,
    k.days_used,
    coalesce(k.days_used > k.promised_days, false) as is_overdue,
    k.rating,
    k.outcome,
    k.is_supervised
from clocked as k
order by k.feed_id, k.case_id
