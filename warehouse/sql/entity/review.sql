-- grain: one candidate of a mention that a person has to decide on
select
    substr(sha256(l.mention_key), 1, 12) as review_id,
    row_number() over (partition by l.mention_key order by c.link_probability desc, c.entity_id) as rank_no,
    l.mention_key,
    l.entity_code,
    l.entity_name,
    l.district_code,
    c.entity_id as candidate_entity_id,
    k.entity_code as candidate_code,
    h.name as candidate_name,
    c.link_probability,
    c.evidence
from entity.link as l
join entity.candidate as c on c.mention_key = l.mention_key
join entity.code as k on k.entity_id = c.entity_id
left join entity.link_verdict as v on v.mention_key = c.mention_key and v.entity_id = c.entity_id
left join (
    select entity_id, name, row_number() over (partition by entity_id order by observation_no desc) as recency
    from entity.history
) as h on h.entity_id = c.entity_id and h.recency = 1
where l.link_decision = 'review' and v.verdict is null
order by l.link_probability desc, l.mention_key, rank_no
