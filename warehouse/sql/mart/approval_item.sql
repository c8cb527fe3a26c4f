-- grain: one approval item over the last reporting year; withdrawn cases are in opened and withdrawn only
with corrected as (
    select distinct
        p.feed_id,
        p.case_id
    from known.case_pause as p
    where p.pause_kind = 'correction'
),

items as (
    select distinct item_code from known.service_item where is_instant
),

cases as (
    select
        a.*,
        coalesce(a.counts_as = 'void', false) as is_void,
        a.closed_on is not null and a.counts_as is distinct from 'void' as is_done,
        c.case_id is not null as is_corrected,
        i.item_code is not null as is_instant,
        epoch(a.closed_at - a.opened_at) as seconds
    from known.case_clock as a
    cross join policy.reporting as p
    cross join run.info as r
    left join corrected as c on c.feed_id = a.feed_id and c.case_id = a.case_id
    left join items as i on i.item_code = a.item_code
    where a.case_kind = 'approval' and a.opened_on > r.as_of - p.year_days
)

select
    a.item_code,
    max(a.item_name) as item_name,
    count(*) as opened_count,
    count(*) filter (where a.is_done) as closed_count,
    count(*) filter (where a.is_void) as withdrawn_count,
    max(a.statutory_limit) as statutory_days,
    max(a.promised_limit) as promised_days,
    avg(a.used_count) filter (where a.is_done) as mean_days,
    percentile_cont(0.5) within group (order by a.used_count) filter (where a.is_done) as median_days,
    percentile_cont(0.9) within group (order by a.used_count) filter (where a.is_done) as p90_days,
    cast(coalesce(sum(a.statutory_limit) filter (where a.is_done and a.statutory_limit is not null), 0) as bigint) as statutory_total,
    cast(coalesce(sum(a.promised_limit) filter (where a.is_done and a.promised_limit is not null), 0) as bigint) as promised_total,
    cast(coalesce(sum(a.used_count) filter (where a.is_done and a.statutory_limit is not null), 0) as bigint) as used_total,
    count(*) filter (where a.is_overdue and not a.is_void) as overdue_count,
    count(*) filter (where a.is_over_statutory and not a.is_void) as statutory_overdue_count,
    count(*) filter (where a.closed_on is null and not a.is_overdue and a.promised_limit - a.used_count <= p.at_risk_days) as at_risk_count,
    count(*) filter (where a.is_corrected) as corrected_case_count,
    count(*) filter (where a.is_done and not a.is_corrected) as first_right_count,
    count(*) filter (where a.is_done and a.is_instant) as instant_base_count,
    count(*) filter (where a.is_done and a.is_instant and a.seconds <= p.instant_minutes * 60) as instant_count,
    count(*) filter (where a.channel = 'online') as online_count,
    count(*) filter (where a.topic_code is not null) as topic_count,
    count(*) filter (where a.rating = 1) as rating_1_count,
    count(*) filter (where a.rating = 2) as rating_2_count,
    count(*) filter (where a.rating = 3) as rating_3_count,
    count(*) filter (where a.rating = 4) as rating_4_count,
    count(*) filter (where a.rating = 5) as rating_5_count
from cases as a
cross join policy.reporting as p
group by a.item_code
order by a.item_code
