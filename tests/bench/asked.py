"""What the bench asks of a refreshed warehouse, as SQL, and which part of its work the pandas twin repeats.

Not here: pandas, so that the process that measures stays small.
"""

# Families of indicators that the twin does not compute, and why.
_CANDIDATE = "candidates for fitted scorecards, which no scorecard of the zone reads"
LEFT_OUT = {
    "visit": "the simulated zone delivers no visits",
    **dict.fromkeys(("kin", "near", "record", "season"), _CANDIDATE),
}
# Which tables the refresh fills to do what the twin does, by stage; matching and everything after it is not among them.
_SOURCES = (
    "registration", "change", "licence", "inspection", "finding", "penalty", "abnormal_list", "annual_report",
    "tax_filing", "complaint", "service_case", "text_item",
)  # fmt: skip
SAME_WORK = {
    "raw": _SOURCES,
    "entity": ("code", "history", "bearer", "name", "mention", "link", "relation"),
    "fact": _SOURCES[1:],
    "known": ("entity", "inspection_scale", "penalty_effect", "listing"),
    "text": ("reading", "link", "evidence"),
    "indicator": (
        "profile", "change", "licence", "annual_report", "tax_filing", "inspection", "finding", "penalty",
        "abnormal_list", "complaint", "service_case", "text", "relation", "value",
    ),
}  # fmt: skip

VALUES = f"""
select c.entity_code as entity, v.indicator_id, cast(cast(v.indicator_value as decimal(30, 6)) * 1000000 as bigint) as micro,
       v.evidence_count as evidence
from indicator.value as v join entity.code as c on c.entity_id = v.entity_id
where split_part(v.indicator_id, '.', 1) not in ({", ".join(f"'{family}'" for family in LEFT_OUT)})
"""
# What the twin cannot work out on its own: links that the matching model or a person made.
LINKS = """
select l.mention_key as mention, c.entity_code as entity
from entity.link as l join entity.code as c on c.entity_id = l.entity_id
where l.linked_by in ('model', 'verdict')
order by 1
"""
# Which texts count for whom: finding that out is the work of the text models, which the twin does not repeat.
TEXTS = """
select e.text_id as text, c.entity_code as entity, e.weight_micro as weight
from text.evidence as e join entity.code as c on c.entity_id = e.entity_id
order by 1, 2
"""
