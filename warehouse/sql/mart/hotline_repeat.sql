-- grain: one matter (leaf category × district) for which the same callers call again, last reporting year
with callers as (
    select
        c.item_code,
        max(coalesce(c.item_name, c.item_code)) as item_name,
        c.district_code,
        c.caller_id,
        count(*) as order_count,
        max(c.opened_on) as last_day
    from known.case_clock as c
    cross join policy.reporting as p
    cross join run.info as r
    where
        c.case_kind = 'hotline' and c.caller_id is not null and c.district_code is not null
        and c.opened_on > r.as_of - p.year_days and c.counts_as is distinct from 'void'
    group by c.item_code, c.district_code, c.caller_id
)

select
    k.item_code,
    max(k.item_name) as item_name,
    k.district_code,
    max(coalesce(d.district_name, k.district_code)) as district_name,
    cast(sum(k.order_count) as bigint) as order_count,
    count(*) as caller_count,
    count(*) filter (where k.order_count > 1) as repeat_caller_count,
    cast(sum(k.order_count - 1) as bigint) as repeat_count,
    max(k.order_count) as most_count,
    max(k.last_day) filter (where k.order_count > 1) as last_day
from callers as k
left join entity.district as d on d.district_code = k.district_code
group by k.item_code, k.district_code
having max(k.order_count) > 1
order by repeat_count desc, k.item_code, k.district_code
