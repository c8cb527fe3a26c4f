-- a code that two registers share would join two entities
select 'code ' || r.entity_code || ' stands in the registers of ' || count(distinct f.code_system) || ' code systems' as failure
from raw.registration as r
join run.feed as f on f.feed_id = r.feed_id
group by r.entity_code
having count(distinct f.code_system) > 1
order by failure
