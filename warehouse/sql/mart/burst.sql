-- grain: one burst: days on which a topic was raised in a district far more often than before (runs without a gap of a window)
-- Expected: the cell's own baseline, shrunk towards topic × share of the district, times how the topic moves elsewhere.
with cells as (
    select
        d.*,
        d.day - date '1970-01-01' as n,
        p.window_days as w,
        p.baseline_days as b
    from known.demand as d
    cross join policy.burst as p
),

own as (
    select
        c.*,
        sum(c.demand_count) over (partition by c.stream, c.topic_code, c.district_code order by c.n range between c.w - 1 preceding and current row) as recent,
        sum(c.demand_count) over (partition by c.stream, c.topic_code, c.district_code order by c.n range between c.w + c.b - 1 preceding and c.w preceding) as before
    from cells as c
),

topics as (
    select
        t.*,
        sum(t.total) over (partition by t.stream, t.topic_code order by t.n range between t.w - 1 preceding and current row) as recent,
        sum(t.total) over (partition by t.stream, t.topic_code order by t.n range between t.w + t.b - 1 preceding and t.w preceding) as before
    from (
        select stream, topic_code, n, max(w) as w, max(b) as b, sum(demand_count) as total
        from cells
        group by stream, topic_code, n
    ) as t
),

districts as (
    select
        stream,
        district_code,
        cast(sum(demand_count) as double) / sum(sum(demand_count)) over (partition by stream) as share
    from cells
    group by stream, district_code
),

scored as (
    select
        o.stream, o.topic_code, o.topic_name, o.district_code, o.day, o.n, o.recent, cast(p.least_expected_percent as double) / 100 as least,
        -- how the topic moves in the other districts; a topic of few orders stands still
        greatest(1, (cast(t.recent - o.recent as double) + p.least_orders)
        / (cast(coalesce(t.before, 0) - coalesce(o.before, 0) as double) * o.w / o.b + p.least_orders))
        * o.w * (cast(coalesce(o.before, 0) as double) + p.prior_days * (cast(coalesce(t.before, 0) as double) / o.b) * s.share)
        / (o.b + p.prior_days) as plain
    from own as o
    join topics as t on t.stream = o.stream and t.topic_code = o.topic_code and t.n = o.n
    join districts as s on s.stream = o.stream and s.district_code = o.district_code
    cross join policy.burst as p
    cross join run.info as r
    where o.day > r.as_of - p.history_days
),

seen as (
    select
        x.*,
        greatest(x.plain, x.least) as expected,
        excess(x.recent, greatest(x.plain, x.least)) as score,
        x.n - lag(x.n) over (partition by x.stream, x.topic_code, x.district_code order by x.n) as gap
    from scored as x
    cross join policy.burst as p
    where x.recent >= p.least_orders and excess(x.recent, greatest(x.plain, x.least)) >= p.least_score
),

numbered as (
    select
        s.*,
        sum(case when s.gap <= p.window_days then 0 else 1 end) over (partition by s.stream, s.topic_code, s.district_code order by s.n) as burst_no
    from seen as s
    cross join policy.burst as p
),

bursts as (
    select
        stream, topic_code, max(topic_name) as topic_name, district_code, burst_no,
        min(day) as first_seen_on, max(day) as last_seen_on, max(score) as peak_score, max(recent) as peak_count,
        max(expected) as expected_count
    from numbered
    group by stream, topic_code, district_code, burst_no
)

select
    b.stream, b.topic_code, b.topic_name, b.district_code, coalesce(d.district_name, b.district_code) as district_name,
    b.first_seen_on, b.last_seen_on, b.peak_score, cast(b.peak_count as bigint) as peak_count, b.expected_count,
    b.last_seen_on > r.as_of - p.window_days as is_current,
    -- did it go on? known once the days after it was first seen have passed
    case when b.first_seen_on + p.confirm_days <= r.as_of then coalesce(a.after_count, 0) >= p.confirm_ratio * p.confirm_days * b.expected_count / p.window_days end as is_confirmed
from bursts as b
cross join policy.burst as p
cross join run.info as r
left join entity.district as d on d.district_code = b.district_code
left join (
    select x.stream, x.topic_code, x.district_code, x.first_seen_on, sum(c.demand_count) as after_count
    from bursts as x
    cross join policy.burst as p
    join known.demand as c
        on c.stream = x.stream and c.topic_code = x.topic_code and c.district_code = x.district_code
        and c.day > x.first_seen_on and c.day <= x.first_seen_on + p.confirm_days
    group by x.stream, x.topic_code, x.district_code, x.first_seen_on
) as a on a.stream = b.stream and a.topic_code = b.topic_code and a.district_code = b.district_code and a.first_seen_on = b.first_seen_on
order by b.stream, b.first_seen_on desc, b.topic_code, b.district_code
