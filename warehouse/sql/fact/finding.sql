-- grain: one finding, all versions; entity and day come from its inspection, and it is known no sooner than that
select
    i.entity_id,
    i.event_date,
    i.department_id,
    f.finding_id,
    f.inspection_id,
    f.finding_code,
    f.severity,
    f.feed_id,
    greatest(i.known_at, f.known_at) as known_at,
    f.superseded_at
from raw.finding as f
join (
    select
        feed_id,
        inspection_id,
        entity_id,
        event_date,
        department_id,
        known_at,
        row_number() over (partition by feed_id, inspection_id order by known_at, event_date, entity_id, department_id) as version_no
    from fact.inspection
) as i on i.feed_id = f.feed_id and i.inspection_id = f.inspection_id and i.version_no = 1
order by i.entity_id, i.event_date
