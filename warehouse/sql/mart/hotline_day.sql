-- grain: one day of the last reporting days, with the band expected from days of its kind in the weeks before
-- A working day is compared with the same weekday, a day off (weekend or holiday) with days off, a make-up day with working days.
with counted as (
    select
        c.opened_on,
        count(*) as order_count
    from known.case_clock as c
    where c.case_kind = 'hotline' and c.origin_kind is distinct from 'duplicate'
    group by c.opened_on
),

days as (
    select
        w.day,
        w.is_workday,
        isodow(w.day) as weekday,
        case when not w.is_workday then 'off' when isodow(w.day) >= 6 then 'make_up' else 'weekday' end as day_kind,
        coalesce(c.order_count, 0) as order_count
    from policy.workday as w
    cross join run.info as r
    cross join policy.reporting as p
    left join counted as c on c.opened_on = w.day
    where w.day <= r.as_of and w.day > r.as_of - p.trend_days - 7 * p.band_weeks
),

expected as (
    select
        d.day,
        d.order_count,
        avg(b.order_count) as mid,
        greatest(coalesce(stddev_samp(b.order_count), 0), sqrt(avg(b.order_count))) as spread
    from days as d
    cross join policy.reporting as p
    left join days as b
        on
            b.day < d.day and b.day >= d.day - 7 * p.band_weeks and b.is_workday = d.is_workday
            and (d.day_kind <> 'weekday' or b.weekday = d.weekday)
    group by d.day, d.order_count
)

select
    e.day,
    e.order_count,
    greatest(0, e.mid - p.band_sigma * e.spread) as expected_low,
    e.mid as expected_mid,
    e.mid + p.band_sigma * e.spread as expected_high,
    coalesce(
        e.order_count > e.mid + p.band_sigma * e.spread or e.order_count < e.mid - p.band_sigma * e.spread, false
    ) as is_anomaly
from expected as e
cross join run.info as r
cross join policy.reporting as p
where e.day > r.as_of - p.trend_days and exists (select 1 from counted)
order by e.day
