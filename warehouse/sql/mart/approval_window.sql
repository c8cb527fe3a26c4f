-- grain: one window (item × district) over the last reporting year, withdrawn cases left out; shares shrunk towards the item
with cases as (
    select
        a.*,
        a.closed_on is not null as is_done
    from known.case_clock as a
    cross join policy.reporting as p
    cross join run.info as r
    where a.case_kind = 'approval' and a.opened_on > r.as_of - p.year_days and a.counts_as is distinct from 'void' and a.district_code is not null
),

windows as (
    select
        a.item_code,
        max(coalesce(a.item_name, a.item_code)) as item_name,
        a.district_code,
        count(*) as opened_count,
        count(*) filter (where a.is_done) as closed_count,
        percentile_cont(0.5) within group (order by a.used_count) filter (where a.is_done) as median_days,
        percentile_cont(0.9) within group (order by a.used_count) filter (where a.is_done) as p90_days,
        count(*) filter (where a.is_overdue) as overdue_count,
        count(a.rating) as rated_count,
        count(*) filter (where a.rating >= p.good_rating) as good_count
    from cases as a
    cross join policy.reporting as p
    group by a.item_code, a.district_code
),

compared as (
    select
        w.*,
        sum(w.overdue_count) over (partition by w.item_code) as item_overdue,
        sum(w.opened_count) over (partition by w.item_code) as item_opened,
        sum(w.good_count) over (partition by w.item_code) as item_good,
        sum(w.rated_count) over (partition by w.item_code) as item_rated
    from windows as w
)

select
    c.item_code,
    c.item_name,
    c.district_code,
    coalesce(d.district_name, c.district_code) as district_name,
    c.opened_count,
    c.closed_count,
    c.median_days,
    c.p90_days,
    c.overdue_count,
    shrunk_share(c.overdue_count, c.opened_count, c.item_overdue, c.item_opened, p.shrink_cases) as overdue_ratio,
    c.rated_count,
    c.good_count,
    shrunk_share(c.good_count, c.rated_count, c.item_good, c.item_rated, p.shrink_cases) as good_ratio
from compared as c
cross join policy.reporting as p
left join entity.district as d on d.district_code = c.district_code
order by c.item_code, c.district_code
