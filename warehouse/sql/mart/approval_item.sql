-- grain: one approval item over the last reporting year
select
    a.item_code,
    max(a.item_name) as item_name,
    count(*) as opened_count,
    count(a.closed_on) as closed_count,
    max(a.statutory_days) as statutory_days,
    max(a.promised_days) as promised_days,
    avg(a.days_used) filter (where a.closed_on is not null) as mean_days,
    percentile_cont(0.5) within group (order by a.days_used) filter (where a.closed_on is not null) as median_days,
    percentile_cont(0.9) within group (order by a.days_used) filter (where a.closed_on is not null) as p90_days,
    count(*) filter (where a.is_overdue) as overdue_count,
    count(*) filter (where a.channel = 'online') as online_count,
    count(*) filter (where a.rating = 1) as rating_1_count,
    count(*) filter (where a.rating = 2) as rating_2_count,
    count(*) filter (where a.rating = 3) as rating_3_count,
    count(*) filter (where a.rating = 4) as rating_4_count,
    count(*) filter (where a.rating = 5) as rating_5_count
from known.case_clock as a
cross join policy.reporting as p
cross join run.info as r
where a.case_kind = 'approval' and a.opened_on > r.as_of - p.year_days
group by a.item_code
order by a.item_code
