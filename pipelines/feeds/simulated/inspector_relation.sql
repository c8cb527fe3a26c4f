-- grain: one entity that an inspector must not inspect
-- source: inspector_relation.xlsx of the departments' personnel offices
select
    load_no,
    row_number,
    "执法人员编号" as inspector_id,
    "统一社会信用代码" as entity_code,
    case "回避事由"
        when '利害关系' then 'interest'
        when '亲属' then 'kinship'
        when '本人申报' then 'declared'
        else "回避事由"
    end as recusal_cause,
    "回避首日" as valid_from,
    "回避末日" as valid_to,
    "登记日期" as event_date
from delivered
