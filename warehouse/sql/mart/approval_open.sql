-- grain: one open approval that is overdue or close to its promise
with stepped as (
    select
        s.feed_id,
        s.case_id,
        s.step_kind,
        row_number() over (partition by s.feed_id, s.case_id order by s.step_no desc) as recency
    from known.service_step as s
)

select
    a.case_id,
    coalesce(a.item_name, a.item_code) as item_name,
    coalesce(d.district_name, a.district_code) as district_name,
    s.step_kind,
    a.opened_at,
    a.days_used,
    a.promised_days,
    a.promised_days - a.days_used as days_left
from known.case_clock as a
cross join policy.reporting as p
left join stepped as s on s.feed_id = a.feed_id and s.case_id = a.case_id and s.recency = 1
left join entity.district as d on d.district_code = a.district_code
where a.case_kind = 'approval' and a.closed_on is null and a.promised_days - a.days_used <= p.at_risk_days
order by days_left, a.case_id
