-- grain: one leaf category over the last funnel days: orders with a caller, and those beyond the first of each caller
with callers as (
    select
        c.item_code,
        max(coalesce(c.item_name, c.item_code)) as item_name,
        c.caller_id,
        count(*) as order_count,
        max(c.opened_on) as last_day
    from known.case_clock as c
    cross join policy.reporting as p
    cross join run.info as r
    where c.case_kind = 'hotline' and c.counts_as is distinct from 'void' and c.caller_id is not null and c.opened_on > r.as_of - p.funnel_days
    group by c.item_code, c.caller_id
)

select
    k.item_code,
    max(k.item_name) as item_name,
    cast(sum(k.order_count) as bigint) as order_count,
    count(*) as caller_count,
    cast(sum(k.order_count - 1) as bigint) as repeat_count,
    max(k.last_day) as last_day
from callers as k
group by k.item_code
order by k.item_code
