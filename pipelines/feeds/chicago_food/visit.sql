-- grain: one visit of an inspector to an establishment, of any purpose
-- source: inspector_visits.parquet; it has no visit number, so the id is made from the content and its occurrence
select
    load_no,
    row_number,
    md5(
        coalesce(License, '') || '|' || coalesce(DBA, '') || '|' || coalesce(Address, '') || '|'
        || coalesce(cast(Inspection_Date as varchar), '') || '|' || coalesce(Inspection_Purpose, '') || '|'
        || coalesce(License_Type, '') || '|' || coalesce(Inspector_Assigned, '')
    ) || '-' || cast(
        row_number() over (
            partition by load_no, License, DBA, Address, Inspection_Date, Inspection_Purpose, License_Type, Inspector_Assigned
            order by row_number
        ) as varchar
    ) as visit_id,
    -- one licence in twelve is not a number (schools, events): kept as delivered, it stays visible as unlinked
    License as entity_code,
    trim(DBA) as entity_name,
    'CDPH' as department_id,
    -- order matters: a re-inspection is a recheck whatever caused the first visit
    case
        when lower(Inspection_Purpose) like '%re-inspection%' then 'recheck'
        when lower(Inspection_Purpose) like '%reinspection%' then 'recheck'
        when lower(Inspection_Purpose) like '%food poisoning%' then 'incident'
        when lower(Inspection_Purpose) like 'sfp%' then 'incident'
        when lower(Inspection_Purpose) like '%consultation%' then 'consultation'
        when lower(Inspection_Purpose) like '%complain%' then 'complaint'
        when lower(Inspection_Purpose) like 'license%' then 'licensing'
        when lower(Inspection_Purpose) like 'canvas%' then 'routine'
        when Inspection_Purpose is not null then 'other'
    end as visit_cause,
    Inspector_Assigned as inspector_ids,
    Inspection_Date as event_date
from delivered
