-- grain: one source with the first and last day of its events up to the as-of day
select
    l.feed_id,
    l.source_id,
    min(d.first_event_date) as first_event_date,
    max(d.last_event_date) as last_event_date
from (
    select 'department' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.department cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'inspector' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.inspector cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'check_item' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.check_item cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'joint_item' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.joint_item cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'registration' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.registration cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'change' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.change cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'licence' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.licence cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'inspection' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.inspection cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'visit' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.visit cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'penalty' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.penalty cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'abnormal_list' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.abnormal_list cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'annual_report' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.annual_report cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'tax_filing' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.tax_filing cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'complaint' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.complaint cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'service_case' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.service_case cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'service_step' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.service_step cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'text_item' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.text_item cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'case_pause' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.case_pause cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'case_dispatch' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.case_dispatch cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'case_reply' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.case_reply cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'case_rating' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.case_rating cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'case_document' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.case_document cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'service_item' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.service_item cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'service_topic' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.service_topic cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    select 'publication' as table_name, feed_id, load_no, min(event_date) as first_event_date, max(event_date) as last_event_date
    from raw.publication cross join run.info where event_date <= as_of group by feed_id, load_no
    union all
    -- a finding has the day of its inspection
    select 'finding' as table_name, f.feed_id, f.load_no, min(e.event_date) as first_event_date, max(e.event_date) as last_event_date
    from raw.finding as f
    join fact.finding as e on e.feed_id = f.feed_id and e.finding_id = f.finding_id
    cross join run.info
    where e.event_date <= as_of
    group by f.feed_id, f.load_no
) as d
join run.load as l on l.table_name = d.table_name and l.feed_id = d.feed_id and l.load_no = d.load_no
group by l.feed_id, l.source_id
order by l.feed_id, l.source_id
