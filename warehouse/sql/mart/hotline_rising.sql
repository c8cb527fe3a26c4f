-- grain: one category: the last recent days against the baseline days before, as a Poisson score
with counted as (
    select
        c.item_code,
        max(coalesce(c.item_name, c.item_code)) as item_name,
        count(*) filter (where c.opened_on > r.as_of - p.recent_days) as recent_count,
        cast(count(*) filter (where c.opened_on <= r.as_of - p.recent_days) as double) * max(p.recent_days)
        / nullif(max(p.baseline_days), 0) as baseline
    from known.case_clock as c
    cross join policy.reporting as p
    cross join run.info as r
    where c.case_kind = 'hotline' and c.opened_on > r.as_of - p.recent_days - p.baseline_days
    group by c.item_code
),

placed as (
    select
        h.item_code,
        h.district_name,
        h.order_count,
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
    k.item_code,
    k.item_name,
    k.recent_count as count_7d,
    k.baseline as baseline_7d,
    (k.recent_count - k.baseline) / sqrt(greatest(k.baseline, 1)) as excess_score,
    s.district_names
from counted as k
left join places as s on s.item_code = k.item_code
order by excess_score desc, k.item_code
