-- the contributions of a scorecard sum to its score to the last digit
select s.pack_id || ' of entity ' || s.entity_id || ': ' || s.scorecard_score || ' is not ' || sum(c.contribution) as failure
from grade.score as s
join grade.contribution as c on c.entity_id = s.entity_id and c.pack_id = s.pack_id
group by s.entity_id, s.pack_id, s.scorecard_score
having s.scorecard_score <> sum(c.contribution)
order by failure
