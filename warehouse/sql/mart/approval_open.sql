-- grain: one open approval that is overdue or close to its promise
with open_cases as (
    select
        a.*,
        a.promised_limit - a.used_count as left_count
    from known.case_clock as a
    cross join policy.reporting as p
    where a.case_kind = 'approval' and a.closed_on is null and a.promised_limit - a.used_count <= p.at_risk_days
),

stepped as (
    select
        s.feed_id,
        s.case_id,
        s.step_kind,
        row_number() over (partition by s.feed_id, s.case_id order by s.step_no desc) as recency
    from known.service_step as s
    join open_cases as a on a.feed_id = s.feed_id and a.case_id = s.case_id
)

select
    a.case_id,
    a.item_code,
    coalesce(a.item_name, a.item_code) as item_name,
    a.district_code,
    coalesce(d.district_name, a.district_code) as district_name,
    s.step_kind,
    a.opened_on,
    cast(a.used_count as integer) as days_used,
    a.promised_limit as promised_days,
    a.left_count as days_left
from open_cases as a
left join stepped as s on s.feed_id = a.feed_id and s.case_id = a.case_id and s.recency = 1
left join entity.district as d on d.district_code = a.district_code
order by days_left, a.case_id
