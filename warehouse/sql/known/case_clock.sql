-- grain: one case with the main clock of its kind
with main as (
    select
        k.case_kind,
        k.clock_id
    from policy.case_clock as k
    where k.clock_no = 1
)

select
    c.feed_id,
    c.case_id,
    c.case_kind,
    c.item_code,
    c.item_name,
    c.entity_id,
    c.department_id,
    c.district_code,
    c.channel,
    c.caller_id,
    c.opened_at,
    c.closed_at,
    c.event_date as opened_on,
    k.stopped_on as closed_on,
    c.topic_code,
    c.origin_case_id,
    c.origin_kind,
    k.clock_tick,
    k.used_count,
    k.paused_count,
    k.statutory_limit,
    k.promised_limit,
    k.is_over_statutory,
    k.is_over_promised as is_overdue,
    c.rating,
    c.outcome,
    o.counts_as,
    c.is_supervised
from known.service_case as c
join main as m on m.case_kind = c.case_kind
join known.clock as k on k.feed_id = c.feed_id and k.case_id = c.case_id and k.clock_id = m.clock_id
left join policy.case_outcome as o on o.case_kind = c.case_kind and o.outcome = c.outcome
