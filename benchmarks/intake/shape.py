"""What the large workbook looks like; known to whoever writes and whoever reads it, and quick to import."""

REGISTER = "poverty"
TITLES = ("建档立卡贫困人口信息表", "填报单位：扶贫开发办公室　　填报日期：2018年8月15日")
HEADER_ROW = len(TITLES)
"""Where the header stands, counted from 0."""
ID_HEADER = "证件号码"
COLUMNS = (
    "省", "市", "县(市、区、旗)", "乡(镇)", "行政村", "自然村", "户编号", "人编号", "姓名", "性别", ID_HEADER, "人数",
    "与户主关系", "民族", "文化程度", "在校生状况", "健康状况", "劳动技能", "务工状况", "务工时间（月）", "脱贫属性",
    "贫困户属性", "脱贫年度", "主要致贫原因", "人均纯收入",
)  # fmt: skip
NUMBERS = frozenset({"人数", "务工时间（月）", "人均纯收入"})
"""Columns whose cells are numbers."""
ID_COLUMN = COLUMNS.index(ID_HEADER)
EVERY = 10
"""One ID number in so many is typed as a number, where it has digits only."""
