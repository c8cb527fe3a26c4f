-- grain: one source with the first and last day of its events up to the as-of day
select
    feed_id,
    source_id,
    min(first_event_date) as first_event_date,
    max(last_event_date) as last_event_date
from (
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.department cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.inspector cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.check_item cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.joint_item cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.registration cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.change cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.licence cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.inspection cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.visit cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.penalty cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.abnormal_list cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.annual_report cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.tax_filing cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.complaint cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.service_case cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.service_step cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.text_item cross join run.info where event_date <= as_of group by feed_id, source_id
    union all
    select feed_id, source_id, min(event_date) as first_event_date, max(event_date) as last_event_date
    from fact.finding cross join run.info where event_date <= as_of group by feed_id, source_id
) as extent
group by feed_id, source_id
order by feed_id, source_id
