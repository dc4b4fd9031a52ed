"""Every spelling of the notes leads to its field, and nothing leads to two."""

import pytest

from reconciliation.registers.headers import (
    FileKind,
    HeaderAliases,
    normalise_header,
    without_unit,
)
from reconciliation.registers.schema import REGISTERS
from tests.intake.offices import CONFIG, HEADERS


def fields(spelled: str, register: str, kind: FileKind = "person") -> dict[str, str]:
    headers = [header.strip() for header in spelled.split("|")]
    matching = HEADERS.match([[header] for header in headers], REGISTERS[register], kind)
    return {headers[j]: field for j, field in matching.fields.items()}


DIBAO = """姓名|身份证号|户主身份证号|户主姓名|与户主关系|性别|出生日期|年龄|民族|婚姻状况|文化程度|就业状况|年收入（元）|是否残疾|残疾证号
|残疾类别|残疾等级|患病病种|劳动能力|健康状况|最初享受月|是否建档立卡扶贫对象|开户银行|银行账户名称|银行帐号|救助类型|户月保障金额（元）|合计（元）
|救助金计算方式|分档类型|备注|所属省|所属市|所属区|所属街|所属社|家庭地址|低保（特困）证号|家庭人口|保障人口|家庭年均收入（元）"""
POVERTY = """省|市|县(市、区、旗)|乡(镇)|行政村|自然村|户编号|人编号|姓名|性别|证件类型|证件号码|人数|与户主关系|民族|文化程度|在校生状况|健康状况
|劳动技能|务工状况|务工时间（月）|参加大病医疗|脱贫属性|贫困户属性|脱贫年度|主要致贫原因|危房户|是否解决安全饮用水|人均纯收入|联系电话|首次识别时间
|人员识别时间|是否易地扶贫搬迁户|是否享受低保"""


@pytest.mark.parametrize(
    ("spelled", "register"),
    [
        (DIBAO, "dibao"),
        (DIBAO + "|生活自理能力|供养方式|供养机构|照料人姓名", "tekun"),
        (POVERTY, "poverty"),
        ("姓名|残疾人证号|身份证号|生活补贴（金额）|护理补贴（金额）", "disability_payments"),
        ("姓名|身份证号码|安置方式|安置点名称|搬迁年度|户主姓名", "relocation"),
        ("死者姓名|公民身份号码|死亡时间|火化日期", "deaths"),
        ("姓名|身份证号|迁出日期|迁出原因|迁往地", "moved_away"),
        ("姓名|身份证号|核对类型|核对结果|登记日期", "asset_hits"),
        ("近亲属姓名|近亲属身份证号|干部姓名|职务|与干部关系", "officials_kin"),
    ],
)
def test_every_header_of_a_real_export_is_understood(spelled: str, register: str) -> None:
    headers = [header.strip() for header in spelled.split("|")]
    assert set(headers) == set(fields(spelled, register))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("银行帐号", "银行账号"),
        ("年收入（元）", "年收入(元)"),
        ("姓 名", "姓名"),
        ("姓名\n", "姓名"),
        ("＊姓名：", "姓名"),
        ("社区〔村〕", "社区（村）"),
    ],
)
def test_the_same_header_written_differently(one: str, other: str) -> None:
    assert normalise_header(one) == normalise_header(other)


def test_a_unit_may_be_there_or_not_but_a_bracket_inside_is_part_of_the_name() -> None:
    assert fields("姓名|身份证号(必填)|年收入(元/年)", "dibao")["年收入(元/年)"] == "annual_income"
    assert without_unit(normalise_header("低保（特困）证号")) == "低保(特困)证号"


def test_in_a_household_file_the_plain_number_is_the_heads() -> None:
    older = "地区|户主姓名|身份证号|低保证号|主要致贫原因|家庭人口数|保障人口数|户月保障金（元）|起始保障年月|家庭住址|社区（村）"
    headers = [[header] for header in older.split("|")]
    assert HEADERS.kind(headers, REGISTERS["dibao"]) == "household"
    found = fields(older, "dibao", "household")
    assert found["身份证号"] == "head_id"
    assert found["户主姓名"] == "head_name"
    assert set(older.split("|")) - set(found) == {"地区"}


def test_one_member_a_row_is_a_person_file_even_where_the_column_says_household_members() -> None:
    rows = [["户主姓名"], ["户主身份证号"], ["家庭成员姓名"], ["家庭成员身份证号"], ["与户主关系"]]
    assert HEADERS.kind(rows, REGISTERS["dibao"]) == "person"
    assert HEADERS.kind(rows[:-1], REGISTERS["dibao"]) == "household"


def test_two_columns_never_share_a_field_and_the_better_spelling_wins() -> None:
    found = fields("身份证|姓名|身份证号", "dibao")
    assert found == {"身份证号": "id_number", "姓名": "name"}


def test_a_slip_in_a_long_header_is_forgiven_but_a_question_of_its_own_is_not() -> None:
    found = fields("姓名|身份证号|是否建档立卡扶贫的对象|是否享受城市低保", "dibao")
    assert found["是否建档立卡扶贫的对象"] == "flag_poverty"
    assert "是否享受城市低保" not in fields("姓名|证件号码|是否享受城市低保", "poverty")


def test_likeness_does_not_decide_between_two_fields() -> None:
    assert "家庭年xx收入" not in fields("姓名|身份证号|家庭年xx收入", "dibao")


def test_no_spelling_means_two_fields_of_one_register() -> None:
    for register in REGISTERS.values():
        for spellings in (HEADERS.registers.get(register.name, {}), HEADERS.household):
            listed = [normalise_header(text) for texts in spellings.values() for text in texts]
            assert len(listed) == len(set(listed)), register.name


def test_every_field_has_a_spelling_and_unknown_fields_are_refused() -> None:
    content = HeaderAliases.load(CONFIG / "headers.yaml").model_dump()
    content["common"]["shoe_size"] = ("鞋码",)
    with pytest.raises(ValueError, match="shoe_size"):
        HeaderAliases.model_validate(content)
