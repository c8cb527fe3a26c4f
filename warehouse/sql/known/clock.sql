-- grain: one clock of one case: what it used until it stopped, or until the as-of day while it runs
-- Twin of models/casework/clock.py (tested equal). The day on which a clock or a pause begins does not count towards it,
-- the day on which it ends does; minutes are counted as they pass; overlapping pauses count once.
with cases as (
    select c.feed_id, c.case_id, c.case_kind, c.opened_at, c.closed_at, c.extended_at, c.statutory_days, c.promised_days
    from known.service_case as c
),

-- the first start and the last end of the steps between which some clock runs
marks as (
    select
        s.feed_id, s.case_id, s.step_kind,
        min(s.started_at) as started_at,
        case when count(*) = count(s.ended_at) then max(s.ended_at) end as ended_at
    from known.service_step as s
    where s.step_kind in (
        select start_step from policy.case_clock where start_step is not null
        union
        select stop_step from policy.case_clock where stop_step is not null
    )
    group by s.feed_id, s.case_id, s.step_kind
),

run as (
    select
        c.*,
        k.clock_id,
        k.clock_tick,
        case when k.has_own_limits then coalesce(c.statutory_days, k.statutory_limit) else k.statutory_limit end as by_law,
        case when k.has_own_limits then coalesce(c.promised_days, k.promised_limit) else k.promised_limit end as promised_limit,
        case when c.extended_at is not null then k.extension else 0 end as extension,
        case when k.start_step is null then c.opened_at when k.start_edge = 'started' then a.started_at else a.ended_at end as from_at,
        -- a case that closed without the step stops the clock
        coalesce(case when k.stop_edge = 'started' then z.started_at else z.ended_at end, c.closed_at) as stopped_at
    from cases as c
    join policy.case_clock as k on k.case_kind = c.case_kind
    left join marks as a on a.feed_id = c.feed_id and a.case_id = c.case_id and a.step_kind = k.start_step
    left join marks as z on z.feed_id = c.feed_id and z.case_id = c.case_id and z.step_kind = k.stop_step
),

timed as (
    select
        t.*,
        coalesce(t.stopped_at, r.known_by) as until_at,
        cast(t.from_at + to_minutes(f.offset_minutes) as date) as from_day,
        cast(t.stopped_at + to_minutes(z.offset_minutes) as date) as stopped_on,
        case when t.stopped_at is null then r.as_of else cast(t.stopped_at + to_minutes(z.offset_minutes) as date) end as until_day
    from run as t
    cross join run.info as r
    left join known.local_hour as f on f.feed_id = t.feed_id and f.hour = date_trunc('hour', t.from_at)
    left join known.local_hour as z on z.feed_id = t.feed_id and z.hour = date_trunc('hour', t.stopped_at)
    where t.from_at is not null
),

-- each pause within its clock, from where no earlier one covers it
paused as (
    select
        t.feed_id,
        t.case_id,
        t.clock_id,
        greatest(t.from_at, p.started_at, max(least(t.until_at, coalesce(p.ended_at, t.until_at))) over earlier) as from_at,
        least(t.until_at, coalesce(p.ended_at, t.until_at)) as until_at,
        greatest(
            t.from_day,
            p.started_on,
            max(least(t.until_day, coalesce(p.ended_on, t.until_day))) over earlier
        ) as from_day,
        least(t.until_day, coalesce(p.ended_on, t.until_day)) as until_day
    from known.pause as p
    join policy.case_pause as k on k.pause_kind = p.pause_kind
    join timed as t on t.feed_id = p.feed_id and t.case_id = p.case_id and k.case_kind = t.case_kind and k.clock_id = t.clock_id
    window earlier as (
        partition by t.feed_id, t.case_id, t.clock_id order by p.started_at, p.pause_no rows between unbounded preceding and 1 preceding
    )
),

left_out as (
    select
        p.feed_id, p.case_id, p.clock_id,
        cast(sum(greatest(0, p.until_day - p.from_day)) as bigint) as days,
        cast(sum(greatest(0, e.workday_no - s.workday_no)) as bigint) as workdays,
        cast(sum(greatest(0, epoch_us(p.until_at) - epoch_us(p.from_at))) as bigint) as microseconds
    from paused as p
    left join policy.workday as s on s.day = p.from_day
    left join policy.workday as e on e.day = p.until_day
    group by p.feed_id, p.case_id, p.clock_id
),

counted as (
    select
        t.*,
        case t.clock_tick
            when 'workday' then e.workday_no - s.workday_no - coalesce(o.workdays, 0)
            when 'day' then t.until_day - t.from_day - coalesce(o.days, 0)
            else (epoch_us(t.until_at) - epoch_us(t.from_at) - coalesce(o.microseconds, 0)) // 60000000
        end as used_count,
        case t.clock_tick
            when 'workday' then coalesce(o.workdays, 0)
            when 'day' then coalesce(o.days, 0)
            else coalesce(o.microseconds, 0) // 60000000
        end as paused_count,
        t.by_law + t.extension as statutory_limit
    from timed as t
    left join policy.workday as s on s.day = t.from_day
    left join policy.workday as e on e.day = t.until_day
    left join left_out as o on o.feed_id = t.feed_id and o.case_id = t.case_id and o.clock_id = t.clock_id
)

select
    k.feed_id, k.case_id, k.clock_id, k.case_kind, k.clock_tick,
    k.from_at as started_at,
    k.stopped_at,
    k.stopped_on,
    cast(k.used_count as bigint) as used_count,
    cast(k.paused_count as bigint) as paused_count,
    k.statutory_limit,
    k.promised_limit,
    coalesce(k.used_count > k.statutory_limit, false) as is_over_statutory,
    coalesce(k.used_count > k.promised_limit, false) as is_over_promised
from counted as k
