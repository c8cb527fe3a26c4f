-- grain: one version of a text × entity that it may speak of; is_linked where it counts
-- a person's verdict stands above the model; where one said whom a text means, nobody else is asked about
with threshold as (
    select
        cast(json_extract_string(v.value_json, '$.linked') as double) as linked_from,
        cast(json_extract_string(v.value_json, '$.review') as double) as review_from
    from policy.value as v
    cross join run.info as i
    where v.policy_id = 'matching.text_link_probability' and v.valid_from <= i.as_of
        and (v.valid_to is null or v.valid_to >= i.as_of)
),

settled as (
    select distinct feed_id, text_id from text.link_verdict where verdict = 'same'
),

judged as (
    select
        c.feed_id,
        c.text_id,
        c.known_at,
        c.entity_id,
        case
            when v.verdict = 'same' then 1.0
            when v.verdict = 'different' or (s.text_id is not null and c.link_probability < t.linked_from) then 0.0
            else c.link_probability
        end as link_probability,
        case when v.verdict is not null then 'verdict' else c.evidence end as evidence
    from text.candidate as c
    cross join threshold as t
    left join text.link_verdict as v
        on v.feed_id = c.feed_id and v.text_id = c.text_id and v.entity_id = c.entity_id
    left join settled as s on s.feed_id = c.feed_id and s.text_id = c.text_id
)

select
    j.feed_id,
    j.text_id,
    j.known_at,
    j.entity_id,
    j.link_probability,
    j.evidence,
    case
        when j.link_probability >= t.linked_from then 'linked'
        when j.link_probability >= t.review_from then 'review'
        else 'none'
    end as link_decision,
    j.link_probability >= t.linked_from as is_linked
from judged as j
cross join threshold as t
