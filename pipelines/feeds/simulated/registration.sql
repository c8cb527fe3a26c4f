-- grain: one observed state of one entity
-- source: registration_<year>.csv of the market register; the stock of 2021-11-01 is in the first file
select
    load_no,
    row_number,
    "统一社会信用代码" as entity_code,
    "企业名称" as name,
    case "主体类型"
        when '公司' then 'company'
        when '分支机构' then 'branch'
        when '个体工商户' then 'sole_proprietor'
        when '合伙企业' then 'partnership'
        when '农民专业合作社' then 'cooperative'
        when '其他' then 'other'
        else "主体类型"
    end as legal_form,
    "行业代码" as industry_code,
    case "危害程度"
        when '低' then 'low'
        when '中' then 'medium'
        when '高' then 'high'
        else "危害程度"
    end as hazard_level,
    "区划代码" as district_code,
    "住所" as address,
    "经度" as longitude,
    "纬度" as latitude,
    "注册资本" as capital_cny,
    "成立日期" as established_date,
    case "登记状态"
        when '存续' then 'active'
        when '吊销' then 'revoked'
        when '注销' then 'deregistered'
        when '迁出' then 'moved_out'
        else "登记状态"
    end as status,
    "上级主体代码" as parent_code,
    "前身主体代码" as predecessor_code,
    "登记日期" as event_date,
    "报送日期" as known_at
from delivered
