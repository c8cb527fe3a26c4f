-- grain: one mention with its best candidate; entity_id only where the link holds
-- a person's verdict stands above the model; a link is known since the register entry that it leads to was
with threshold as (
    select
        max(case when v.policy_id = 'matching.link_probability' then cast(v.value_json as double) end) as linked_from,
        max(case when v.policy_id = 'matching.review_probability' then cast(v.value_json as double) end) as review_from
    from policy.value as v
    cross join run.info as i
    where v.valid_from <= i.as_of and (v.valid_to is null or v.valid_to >= i.as_of)
),

judged as (
    select
        coalesce(c.mention_key, v.mention_key) as mention_key,
        coalesce(c.entity_id, v.entity_id) as entity_id,
        case v.verdict when 'same' then 1.0 when 'different' then 0.0 else c.link_probability end as link_probability,
        case v.verdict when 'same' then 'verdict' else c.evidence end as evidence,
        coalesce(c.known_at, e.known_at) as known_at
    from entity.candidate as c
    full join entity.link_verdict as v on v.mention_key = c.mention_key and v.entity_id = c.entity_id
    left join entity.code as e on e.entity_id = v.entity_id
    where c.entity_id is not null or (v.verdict = 'same' and e.entity_id is not null)
),

best as (
    select
        j.*,
        row_number() over (partition by j.mention_key order by j.link_probability desc, j.entity_id) as rank_no
    from judged as j
)

select
    m.mention_key,
    m.entity_code,
    m.entity_name,
    m.district_code,
    b.entity_id as candidate_entity_id,
    b.link_probability,
    b.evidence,
    case
        when b.link_probability >= t.linked_from then 'linked'
        when b.link_probability >= t.review_from then 'review'
        else 'none'
    end as link_decision,
    case when b.link_probability >= t.linked_from then b.entity_id end as entity_id,
    case
        when b.link_probability >= t.linked_from
            then case b.evidence when 'name' then 'name' when 'verdict' then 'verdict' else 'model' end
    end as linked_by,
    case when b.link_probability >= t.linked_from then b.known_at end as known_at
from entity.mention as m
cross join threshold as t
left join best as b on b.mention_key = m.mention_key and b.rank_no = 1
order by m.mention_key
