-- grain: one day on which a topic was raised in a district: hotline orders by leaf category, complaints by industry
with raised as (
    select
        'hotline' as stream,
        c.item_code as topic_code,
        coalesce(c.item_name, c.item_code) as topic_name,
        c.district_code,
        c.opened_on as day,
        -- a caller counts once a day, so that one matter entered as several is no burst
        coalesce(c.caller_id, c.case_id) as who
    from known.case_clock as c
    where c.case_kind = 'hotline' and c.origin_kind is distinct from 'duplicate'
    union all
    select
        'complaint' as stream,
        e.industry_code as topic_code,
        coalesce(i.industry_name, e.industry_code) as topic_name,
        coalesce(c.district_code, e.district_code) as district_code,
        c.event_date as day,
        c.complaint_id as who
    from known.complaint as c
    join known.entity as e on e.entity_id = c.entity_id
    left join entity.industry as i on i.industry_code = e.industry_code
    where e.industry_code is not null
)

select
    d.stream,
    d.topic_code,
    max(d.topic_name) as topic_name,
    d.district_code,
    d.day,
    count(distinct d.who) as demand_count
from raised as d
cross join run.info as r
cross join policy.burst as p
where d.district_code is not null and d.day > r.as_of - p.history_days - p.baseline_days - p.window_days
group by d.stream, d.topic_code, d.district_code, d.day
