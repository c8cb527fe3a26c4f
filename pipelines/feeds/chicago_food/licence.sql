-- grain: one licence term of one licence number
-- source: licences.parquet (City of Chicago, business licences matched to food establishments)
select
    load_no,
    row_number,
    cast(LICENSE_ID as varchar) as licence_id,
    cast(LICENSE_NUMBER as varchar) as entity_code,
    trim(DOING_BUSINESS_AS_NAME) as entity_name,
    'CDPH' as department_id,
    trim(LICENSE_DESCRIPTION) as licence_kind,
    case APPLICATION_TYPE
        when 'ISSUE' then 'issue'
        when 'RENEW' then 'renew'
        when 'C_LOC' then 'change'
        when 'C_EXPA' then 'change'
        else APPLICATION_TYPE
    end as application_kind,
    LICENSE_TERM_START_DATE as event_date,
    LICENSE_TERM_EXPIRATION_DATE as expires_on
from delivered
