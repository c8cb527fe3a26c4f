-- grain: one candidate of a text that a person has to decide on; a repost is decided with what it repeats
select
    substr(sha256(l.feed_id || '|' || l.text_id), 1, 12) as review_id,
    row_number() over (partition by l.feed_id, l.text_id order by l.link_probability desc, l.entity_id) as rank_no,
    l.feed_id,
    l.text_id,
    l.known_at,
    l.entity_id as candidate_entity_id,
    e.entity_code as candidate_code,
    e.name as candidate_name,
    l.link_probability,
    l.evidence
from text.link as l
join known.text_item as t on t.feed_id = l.feed_id and t.text_id = l.text_id and t.known_at = l.known_at
join known.entity as e on e.entity_id = l.entity_id
left join text.repost as r on r.feed_id = l.feed_id and r.text_id = l.text_id and r.known_at = l.known_at
cross join policy.indicator_window as p
cross join run.info as i
where l.link_decision = 'review' and r.text_id is null and t.event_date > i.as_of - p.text_days
