-- grain: one entity × scorecard whose grade a person set for the as-of day; the last decision holds
-- the computed grade stays as it is in grade.score and stands beside the one set
with held as (
    select
        d.*,
        row_number() over (partition by d.entity_id, d.pack_id order by d.decision_no desc) as recency
    from known.decision as d
    cross join run.info as r
    where
        d.decision_kind = 'override'
        and d.valid_from <= r.as_of
        and d.valid_to >= r.as_of
)

select
    h.entity_id,
    h.pack_id,
    h.decision_no,
    s.scorecard_grade as computed_grade,
    h.decided_grade,
    h.valid_from,
    h.valid_to
from held as h
join grade.score as s on s.entity_id = h.entity_id and s.pack_id = h.pack_id
join policy.scorecard_cut as c on c.pack_id = h.pack_id and c.grade = h.decided_grade
where h.recency = 1
order by h.entity_id, h.pack_id
