-- grain: one seat of the team that visits a drawn entity
-- certified inspectors of the entity's district, by ticket (docs/draw_protocol.md); recusal and load follow with the teams kernel
with candidate as (
    select
        d.plan_id,
        d.entity_id,
        d.entity_code,
        i.inspector_id,
        sha256(
            field('mingcha-team-v1') || field(p.seed) || field(d.plan_id) || field(d.entity_code) || field(i.inspector_id)
        ) as ticket
    from plan.drawn as d
    join plan.draw_plan as p on p.plan_id = d.plan_id
    join plan.frame as f on f.plan_id = d.plan_id and f.entity_id = d.entity_id
    join entity.inspector as i on i.district_code = f.district_code
    cross join run.info as r
    where i.certificate_valid_until >= r.as_of
),

seated as (
    select
        c.*,
        row_number() over (partition by c.plan_id, c.entity_id order by c.ticket, c.inspector_id) as seat
    from candidate as c
)

select
    s.plan_id,
    s.entity_id,
    s.seat,
    s.inspector_id,
    s.ticket
from seated as s
cross join policy.team_size as n
where s.seat <= n.inspectors
order by s.entity_id, s.seat
