"""The tree of hotline categories: nine fields, 25 categories, 79 leaves.

Not here: the orders (hotline.py). Codes have two digits for each level.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from pipelines.feeds.simulated.chance import Floats, Ints


@dataclass(frozen=True)
class Category:
    """A second-level category with its leaves; `season` names the months in which it is three times as frequent."""

    code: str
    name: str
    department_id: str
    weight: float
    leaves: tuple[str, ...]
    season: tuple[int, ...] = ()
    about_firms: bool = False


CATEGORIES = (
    Category("0101", "市场监管·食品安全", "D01", 6, ("食品变质", "后厨脏乱", "外卖异物"), (6, 7, 8), True),
    Category("0102", "市场监管·价格收费", "D01", 5, ("乱收费", "未明码标价", "价格欺诈"), (), True),
    Category("0103", "市场监管·消费维权", "D01", 8, ("退款难", "虚假宣传", "质量问题", "售后推诿"), (11,), True),
    Category("0104", "市场监管·特种设备", "D01", 2, ("电梯故障", "锅炉隐患", "游乐设施")),
    Category("0105", "市场监管·预付卡", "D12", 3, ("预付卡退费难", "商家关门", "卡券不能用"), (3,), True),
    Category("0201", "住房建设·物业服务", "D05", 9, ("物业不作为", "物业收费", "公共收益", "业委会纠纷")),
    Category("0202", "住房建设·供热供暖", "D05", 4, ("暖气不热", "供暖收费", "管道漏水"), (1, 2, 11, 12)),
    Category("0203", "住房建设·房屋质量", "D05", 3, ("房屋漏水", "墙体开裂", "电梯质量"), (7, 8)),
    Category("0204", "住房建设·供水供气", "D05", 3, ("停水停气", "水质浑浊", "水压不足")),
    Category("0301", "城市管理·噪声扰民", "D06", 7, ("夜间施工噪声", "商铺喇叭", "广场舞噪声"), (5, 6, 7, 8)),
    Category("0302", "城市管理·占道经营", "D06", 5, ("占道经营", "流动摊贩", "占道停放"), (6, 7, 8)),
    Category("0303", "城市管理·违章建筑", "D06", 3, ("违规搭建", "私拆承重墙", "占用绿地")),
    Category("0304", "城市管理·环境卫生", "D06", 4, ("垃圾未清运", "公厕脏乱", "污水外溢")),
    Category("0401", "交通运输·公交出行", "D11", 3, ("公交等候久", "站点调整", "出租车拒载")),
    Category("0402", "交通运输·停车管理", "D15", 5, ("乱停车", "停车收费", "消防通道占用", "充电桩被占")),
    Category("0403", "交通运输·道路破损", "D05", 3, ("路面塌陷", "井盖破损", "路灯不亮")),
    Category("0501", "人社·拖欠工资", "D09", 5, ("拖欠工资", "未签合同", "工伤认定"), (1, 12)),
    Category("0502", "人社·社保办理", "D09", 3, ("社保转移", "养老待遇", "医保报销")),
    Category("0601", "教育·校外培训", "D08", 2.5, ("培训班退费", "无证办学", "教师资质"), (8, 9), True),
    Category("0602", "教育·入学政策", "D08", 2.5, ("入学咨询", "学区划分", "课后服务"), (6, 7)),
    Category("0701", "卫健·就医服务", "D04", 2.5, ("挂号难", "服务态度", "检查收费")),
    Category("0702", "卫健·公共场所卫生", "D04", 1.5, ("场所卫生差", "控烟", "泳池水质"), (), True),
    Category("0801", "生态环境·油烟异味", "D10", 3, ("油烟扰民", "异味", "黑臭水体"), (6, 7, 8), True),
    Category("0802", "生态环境·扬尘污染", "D10", 2, ("工地扬尘", "渣土遗撒", "露天焚烧"), (3, 4)),
    Category("0901", "政务服务·办事咨询", "D17", 4, ("办事流程咨询", "材料清单", "窗口态度", "网上系统故障")),
)
_LEAF_SHARE = (0.5, 0.3, 0.2, 0.15)


@dataclass(frozen=True)
class Leaves:
    """Third-level categories, one position each; `category` is the position of the second level."""

    code: pl.Series
    name: pl.Series
    phrase: pl.Series
    category: Ints
    weight: Floats


@cache
def leaves() -> Leaves:
    """All leaves; names say the whole way down, such as 市场监管·食品安全·后厨脏乱."""
    rows = [
        (f"{item.code}{n:02d}", f"{item.name}·{leaf}", leaf, place, item.weight * _LEAF_SHARE[n - 1])
        for place, item in enumerate(CATEGORIES)
        for n, leaf in enumerate(item.leaves, start=1)
    ]
    code, name, phrase, category, weight = zip(*rows, strict=True)
    return Leaves(pl.Series(code), pl.Series(name), pl.Series(phrase), np.array(category), np.array(weight))
