-- grain: one subject whose figures look made: what was found, how far it lies from its like, on how many cases it rests
with cases as (
    select
        a.*,
        a.closed_on is not null and a.counts_as is distinct from 'void' as is_done,
        a.closed_on is not null and a.promised_limit > 1 and a.used_count <= a.promised_limit and a.counts_as is distinct from 'void' as is_in_time
    from known.case_clock as a
    cross join policy.reporting as p
    cross join run.info as r
    where a.case_kind = 'approval' and a.opened_on > r.as_of - p.year_days and a.district_code is not null
),

windows as (
    select
        c.item_code, max(coalesce(c.item_name, c.item_code)) as item_name, c.district_code,
        count(*) filter (where c.is_in_time) as in_time,
        count(*) filter (where c.is_in_time and c.used_count = c.promised_limit) as on_last_day,
        count(c.rating) as rated,
        count(*) filter (where c.rating = 5) as perfect
    from cases as c
    group by c.item_code, c.district_code
),

-- the same item in all other districts
compared as (
    select
        w.*,
        cast(sum(w.on_last_day) over item - w.on_last_day as double) / nullif(sum(w.in_time) over item - w.in_time, 0) as like_last_day,
        cast(sum(w.perfect) over item - w.perfect as double) / nullif(sum(w.rated) over item - w.rated, 0) as like_perfect
    from windows as w
    window item as (partition by w.item_code)
),

-- withdrawn near the limit, and the same entity asks for the same item within days
relabelled as (
    select distinct
        a.feed_id, a.case_id, a.item_code, a.item_name, a.district_code
    from cases as a
    join cases as b on b.feed_id = a.feed_id and b.entity_id = a.entity_id and b.item_code = a.item_code and b.opened_at > a.closed_at
    join policy.workday as s on s.day = a.closed_on
    join policy.workday as e on e.day = b.opened_on
    cross join policy.gaming as g
    where
        a.outcome = 'withdrawn' and a.promised_limit - a.used_count <= g.relabel_left
        and e.workday_no - s.workday_no <= g.relabel_workdays
),

-- orders of one caller about one matter within minutes
split as (
    select
        c.caller_id, c.item_code, max(coalesce(c.item_name, c.item_code)) as item_name, c.district_code, c.opened_on,
        count(*) as order_count
    from known.case_clock as c
    cross join policy.reporting as p
    cross join policy.gaming as g
    cross join run.info as r
    where c.case_kind = 'hotline' and c.caller_id is not null and c.opened_on > r.as_of - p.year_days
    group by c.caller_id, c.item_code, c.district_code, c.opened_on
    having count(*) >= max(g.split_orders) and max(c.opened_at) - min(c.opened_at) <= to_minutes(max(g.split_minutes))
),

found as (
    select
        'last_day_closure' as detector, c.item_code, c.item_name, c.district_code, c.in_time as case_count, c.on_last_day as odd_count,
        c.like_last_day as like_ratio, cast(null as date) as first_day
    from compared as c
    cross join policy.gaming as g
    where
        c.in_time >= g.least_cases and cast(c.on_last_day as double) / c.in_time >= g.at_limit_ratio * c.like_last_day
        and excess(c.on_last_day, greatest(c.in_time * c.like_last_day, 1)) >= g.least_score
    union all
    select 'perfect_rating', c.item_code, c.item_name, c.district_code, c.rated, c.perfect, c.like_perfect, null
    from compared as c
    cross join policy.gaming as g
    where c.rated >= g.least_cases and c.perfect = c.rated and c.rated * ln(nullif(c.like_perfect, 0)) <= -ln(cast(g.perfect_odds as double))
    union all
    select 'relabelled_withdrawal', c.item_code, max(coalesce(c.item_name, c.item_code)), c.district_code, count(*), count(*), null, null
    from relabelled as c
    cross join policy.gaming as g
    group by c.item_code, c.district_code
    having count(*) >= max(g.relabel_cases)
    union all
    select 'split_order', s.item_code, s.item_name, s.district_code, s.order_count, s.order_count, null, s.opened_on
    from split as s
)

select
    f.detector,
    -- a split has a day of its own; the caller stays out of sight
    f.item_code || ':' || coalesce(f.district_code, '') || coalesce(':' || cast(f.first_day as varchar), '') as subject_id,
    f.item_code,
    f.item_name,
    f.district_code,
    coalesce(d.district_name, f.district_code) as district_name,
    cast(sum(f.case_count) as bigint) as case_count,
    cast(sum(f.odd_count) as bigint) as odd_count,
    max(f.like_ratio) as like_ratio,
    f.first_day as event_date
from found as f
left join entity.district as d on d.district_code = f.district_code
group by f.detector, f.item_code, f.item_name, f.district_code, d.district_name, f.first_day
order by f.detector, subject_id
