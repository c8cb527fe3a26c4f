-- grain: one tax filing of one period and tax
-- source: tax_filing_<year of the due day>.parquet of the tax office, which needs no department column
select
    load_no,
    row_number,
    "申报编号" as filing_id,
    "统一社会信用代码" as entity_code,
    'D14' as department_id,
    "税种" as tax_kind,
    "税款所属期起" as tax_period,
    "申报期限" as due_date,
    "申报日期" as event_date,
    "应纳税额" as amount_cny,
    "欠税额" as arrears_cny
from delivered
