-- grain: one candidate of a text that a person has to decide on, with the text (numbers and names of accounts masked)
select
    w.review_id,
    w.rank_no,
    w.feed_id,
    w.text_id,
    t.event_date,
    t.channel,
    t.title,
    excerpt(t.body, cast(json_extract_string(x.value_json, '$.letters') as integer)) as text_excerpt,
    y.polarity,
    w.candidate_entity_id as entity_id,
    w.candidate_code,
    w.candidate_name,
    e.district_code,
    coalesce(d.district_name, e.district_code) as district_name,
    w.link_probability,
    w.evidence
from text.review as w
join known.text_item as t on t.feed_id = w.feed_id and t.text_id = w.text_id and t.known_at = w.known_at
join known.entity as e on e.entity_id = w.candidate_entity_id
join policy.value as x on x.policy_id = 'text.excerpt'
cross join run.info as r
left join text.reading as y on y.feed_id = w.feed_id and y.text_id = w.text_id and y.known_at = w.known_at
left join entity.district as d on d.district_code = e.district_code
where x.valid_from <= r.as_of and (x.valid_to is null or x.valid_to >= r.as_of)
order by t.event_date desc, w.review_id, w.rank_no
