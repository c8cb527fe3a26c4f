-- an entity id stands for one code (60 bits of SHA-256: a collision is next to impossible, and must never pass unseen)
select 'entity ' || entity_id || ' stands for ' || count(*) || ' codes' as failure
from entity.code
group by entity_id
having count(*) > 1
order by failure
