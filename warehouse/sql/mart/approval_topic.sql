-- grain: one 一件事 topic: cases handled under it in the last reporting year; a topic without any is dead
with used as (
    select
        a.topic_code,
        count(*) as case_count,
        count(distinct a.entity_id) as entity_count,
        percentile_cont(0.5) within group (order by a.used_count) filter (where a.closed_on is not null) as median_days,
        max(a.opened_on) as last_used_on
    from known.case_clock as a
    cross join policy.reporting as p
    cross join run.info as r
    where a.topic_code is not null and a.counts_as is distinct from 'void' and a.opened_on > r.as_of - p.year_days
    group by a.topic_code
)

select
    t.topic_code,
    t.name,
    t.item_codes,
    coalesce(u.case_count, 0) as case_count,
    coalesce(u.entity_count, 0) as entity_count,
    u.median_days,
    u.last_used_on,
    coalesce(u.case_count, 0) = 0 as is_dead
from known.service_topic as t
left join used as u on u.topic_code = t.topic_code
order by case_count desc, t.topic_code
