-- the contributions of a scorecard sum to its score to the last digit
with total as (
    select c.entity_id, p.pack_id, sum(c.contribution) as from_parts
    from grade.contribution as c
    join policy.scorecard_indicator as p on p.part_no = c.part_no
    group by c.entity_id, p.pack_id
)

select s.pack_id || ' of entity ' || s.entity_id || ': ' || s.scorecard_score || ' is not ' || coalesce(t.from_parts, 0) as failure
from grade.score as s
left join total as t on t.entity_id = s.entity_id and t.pack_id = s.pack_id
where s.scorecard_score is distinct from t.from_parts
order by failure
