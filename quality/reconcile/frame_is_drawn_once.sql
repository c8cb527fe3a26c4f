-- every stratum gives exactly the entities it should, and everyone in the frame has a ticket
select 'stratum ' || s.stratum_id || ': ' || s.drawn_count || ' to draw, ' || count(d.entity_id) || ' drawn' as failure
from plan.stratum as s
left join plan.drawn as d on d.plan_id = s.plan_id and d.stratum_id = s.stratum_id
group by s.stratum_id, s.drawn_count
having s.drawn_count <> count(d.entity_id)
union all
select 'frame of ' || f.entities || ' entities has ' || t.tickets || ' tickets' as failure
from (select count(*) as entities from plan.frame) as f
cross join (select count(*) as tickets from plan.ticket) as t
where f.entities <> t.tickets
order by failure
