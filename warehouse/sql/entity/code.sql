-- grain: one register code
-- as known by then: a code that is registered later must not take over what a name has linked
-- a code of one register is one entity for ever; a code that two registers share is left to quality/reconcile
select
    r.entity_code,
    min(f.code_system) as code_system,
    entity_key(min(f.code_system), r.entity_code) as entity_id,
    min(r.known_at) as known_at,
    min(r.event_date) as first_seen_date
from raw.registration as r
join run.feed as f on f.feed_id = r.feed_id
cross join run.info as i
where r.event_date <= i.as_of and r.known_at < i.known_by
group by r.entity_code
order by entity_id
