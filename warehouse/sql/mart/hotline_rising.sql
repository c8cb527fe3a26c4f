-- grain: one leaf category: the last recent days against the baseline days before, adjusted for the volume of all orders
with counted as (
    select
        c.item_code,
        max(coalesce(c.item_name, c.item_code)) as item_name,
        count(*) filter (where c.opened_on > r.as_of - p.recent_days) as recent_count,
        count(*) filter (where c.opened_on <= r.as_of - p.recent_days) as before_count
    from known.case_clock as c
    cross join policy.reporting as p
    cross join run.info as r
    where c.case_kind = 'hotline' and c.opened_on > r.as_of - p.recent_days - p.baseline_days
    group by c.item_code
),

adjusted as (
    select
        k.item_code,
        k.item_name,
        k.recent_count,
        cast(k.before_count as double) * sum(k.recent_count) over () / nullif(sum(k.before_count) over (), 0) as baseline
    from counted as k
),

placed as (
    select
        h.item_code,
        h.district_name,
        row_number() over (partition by h.item_code order by h.order_count desc, h.district_code) as place
    from mart.hotline_heat as h
),

places as (
    select
        l.item_code,
        string_agg(l.district_name, '、' order by l.place) as district_names
    from placed as l
    cross join policy.reporting as p
    where l.place <= p.top_districts
    group by l.item_code
)

select
    a.item_code,
    a.item_name,
    a.recent_count as count_7d,
    coalesce(a.baseline, 0) as baseline_7d,
    -- a category that was never heard of counts as one order expected
    case
        when a.recent_count > coalesce(a.baseline, 0) then excess(a.recent_count, greatest(coalesce(a.baseline, 0), 1))
        else -excess(coalesce(a.baseline, 0), greatest(a.recent_count, 1))
    end as excess_score,
    s.district_names
from adjusted as a
left join places as s on s.item_code = a.item_code
order by excess_score desc, a.item_code
