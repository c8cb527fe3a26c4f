-- grain: one entity of the frame with its ticket (docs/draw_protocol.md); the smallest tickets are drawn, the next are reserves
with ticketed as (
    select
        f.plan_id,
        f.stratum_id,
        f.entity_id,
        f.entity_code,
        sha256(
            field('mingcha-ticket-v2') || field(p.seed) || field(f.plan_id) || field(f.entity_code)
        ) as ticket
    from plan.frame as f
    join plan.draw_plan as p on p.plan_id = f.plan_id
)

select
    plan_id,
    stratum_id,
    entity_id,
    entity_code,
    ticket,
    row_number() over (partition by plan_id, stratum_id order by ticket, entity_code) as draw_order
from ticketed
order by stratum_id, draw_order
