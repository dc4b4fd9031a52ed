"""The shapes of the files county offices send: which columns, how they are spelled, what stands around the table.

County n has shape n of each register's list, beginning anew after the last. Shapes and spellings are those seen in
exports of the systems in use around 2018.
"""

from dataclasses import dataclass

from sample_registers.generator.dice import scatter

XLSX, XLS, GB18030, UTF8_BOM = "xlsx", "xls", "gb18030", "utf-8-sig"

SPELLINGS = {
    "是否残疾": ("是否残疾", "是否残疾人"),
    "最初享受月份": ("最初享受月份", "最初享受月"),
    "银行帐号": ("银行帐号", "银行账号"),
    "所属省": ("所属省", "所属省级"),
    "所属市": ("所属市", "所属市级"),
    "所属区县": ("所属区县", "所属区"),
    "所属街道": ("所属街道", "所属街"),
    "所属社区": ("所属社区", "所属社"),
    "家庭人口数": ("家庭人口数", "家庭人口"),
    "保障人口数": ("保障人口数", "保障人口"),
    "年收入（元）": ("年收入（元）", "年收入(元)"),
    "合计（元）": ("合计（元）", "合计(元)"),
    "户月保障金额（元）": ("户月保障金额（元）", "户月保障金额(元)"),
    "家庭年均收入（元）": ("家庭年均收入（元）", "家庭年均收入(元)"),
    "低保（特困）证号": ("低保（特困）证号", "低保(特困)证号"),
    "县(市、区、旗)": ("县(市、区、旗)", "县（市、区、旗）"),
    "乡(镇)": ("乡(镇)", "乡（镇）"),
    "证件号码": ("证件号码", "身份证号", "身份证"),
    "务工时间（月）": ("务工时间（月）", "务工时间(月)"),
    "主要致贫原因": ("主要致贫原因", "致贫原因1"),
}
"""Headers offices spell in more than one way, the first being the name used inside this package."""

HOUSEHOLD_COLUMNS = (
    "户主姓名", "户主身份证号", "家庭人口数", "保障人口数", "家庭年总收入（元）", "家庭年均收入（元）",
    "户月保障金额（元）", "低保（特困）证号", "最初享受月份", "申请原因", "分档类型", "拥有产权住房套数",
    "金融资产总额（元）", "家庭成员姓名", "家庭成员身份证号",
)  # fmt: skip

_BANK = ("开户银行", "银行账户名称", "银行帐号")
_MONEY = ("合计（元）", "救助金计算方式", "备注")
_ON_HOUSEHOLD_FILE = (
    "户月保障金额（元）", "低保（特困）证号", "家庭人口数", "保障人口数", "家庭年均收入（元）", "分档类型", "最初享受月份",
)  # fmt: skip
_SELDOM = (
    "证件类型",
    "参加大病医疗",
    "联系电话",
    "人员识别时间",
    "是否解决安全饮用水",
    "在校生状况",
)

YES_NO_COLUMNS = (
    "是否残疾", "是否建档立卡扶贫对象", "参加大病医疗", "危房户", "是否解决安全饮用水", "是否易地扶贫搬迁户", "是否享受低保",
)  # fmt: skip
DATE_COLUMN = "出生日期"


@dataclass(frozen=True)
class Shape:
    """One county's way to send a register.

    Attributes:
        kind: XLSX, XLS, GB18030 or UTF8_BOM.
        without: columns the file does not have.
        titles: rows above the header (`{county}`, `{date}` are filled in).
        by_town: one sheet a township.
        groups: a second header row above the first, of cells merged over the columns they name.
        trailing: rows of totals and signatures below the table.
        hidden: a hidden sheet of code words beside the table.
        household_file: the household columns come in a file of their own.
        yes_no: how the file says yes and no.
        date_separator: what stands between year, month and day.
        lean_town: the first township sends a bare list of names and numbers instead.
    """

    kind: str
    without: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    by_town: bool = False
    groups: bool = False
    trailing: bool = False
    hidden: bool = False
    household_file: bool = False
    lean_town: bool = False
    yes_no: tuple[str, str] = ("是", "否")
    date_separator: str = "-"


SHAPES = {
    "dibao": (
        Shape(
            XLSX,
            titles=(
                "{county}农村最低生活保障对象花名册",
                "填报单位：{county}民政局　　填报日期：{date}",
            ),
            by_town=True,
            trailing=True,
            hidden=True,
        ),
        Shape(XLSX, without=_MONEY, titles=("农村低保人员信息表",), groups=True),
        Shape(XLSX, without=_ON_HOUSEHOLD_FILE, household_file=True),
        Shape(
            XLS,
            without=(*_BANK, *_MONEY, "所属省", "就业状况", "残疾证号", "家庭地址", "年收入（元）"),
            titles=("{county}农村低保人员名单",),
        ),
        Shape(GB18030, without=_MONEY, lean_town=True, date_separator="/"),
        Shape(UTF8_BOM, without=(*_BANK, "年龄"), yes_no=("1", "0"), date_separator=""),
    ),
    "poverty": (
        Shape(GB18030, without=_SELDOM),
        Shape(
            XLSX,
            without=("联系电话", "人员识别时间"),
            titles=("{county}建档立卡贫困人口信息（截至{date}）",),
        ),
        Shape(XLSX, titles=("建档立卡贫困人口花名册",), by_town=True, trailing=True),
        Shape(
            UTF8_BOM,
            without=(*_SELDOM, "自然村", "人编号", "民族", "危房户", "文化程度", "省"),
            yes_no=("Y", "N"),
        ),
        Shape(XLSX, without=("省", "市", "证件类型", "联系电话")),
        Shape(XLSX, groups=True, without=_SELDOM),
    ),
}

GROUPS = {
    "人员基本信息": (
        "姓名",
        "身份证号",
        "证件类型",
        "证件号码",
        "性别",
        "出生日期",
        "年龄",
        "民族",
        "婚姻状况",
        "文化程度",
    ),
    "所在地区": (
        "所属省",
        "所属市",
        "所属区县",
        "所属街道",
        "所属社区",
        "省",
        "市",
        "县(市、区、旗)",
        "乡(镇)",
        "行政村",
    ),
    "健康与劳动能力": (
        "残疾证号",
        "残疾类别",
        "残疾等级",
        "患病病种",
        "劳动能力",
        "健康状况",
        "劳动技能",
    ),
}
"""Upper header cells and the columns below them."""


def shape_of(register: str, county: int) -> Shape:
    """The shape county number `county` sends a register in."""
    shapes = SHAPES[register]
    return shapes[county % len(shapes)]


def spelling(header: str, county: int) -> str:
    """How that county spells a header."""
    options = SPELLINGS.get(header, (header,))
    return options[int(scatter(county, len(header), salt=ord(header[0]))) % len(options)]
