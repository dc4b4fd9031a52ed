"""Names: what is read, what is compared, and of what kind they are."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.identity.names import NameReader
from tests.identity.world import CHARACTERS, EXAMPLES, SETTINGS

READER = NameReader(SETTINGS.names, CHARACTERS.variant_map)


def read(*cells):
    return READER.read(pl.Series("cell", cells, dtype=pl.String))


def one(cell):
    return read(cell).row(0)


@pytest.mark.parametrize(
    "cell", ["张三", "张 三", "张　三", " 张三", "张\u200b三", "张三\t", "张三，"]
)
def test_blanks_inside_a_name_do_not_matter(cell):
    assert one(cell) == ("张三", "张三", "full", None)


@pytest.mark.parametrize(
    ("cell", "name", "remark"),
    [
        ("张三（已故）", "张三", "已故"),
        ("李四(户主)", "李四", "户主"),
        ("(已故)王五福", "王五福", "已故"),
        ("张三【曾用名李四】", "张三", "曾用名李四"),
        ("张三已故", "张三", "已故"),
        ("户主张三", "张三", "户主"),
        ("张三-户主", "张三", "户主"),
        ("张三 已故", "张三", "已故"),
        ("张三(已故", "张三", "已故"),
        ("张三2", "张三", "2"),
        ("3.张三", "张三", "3"),
    ],
)
def test_a_remark_is_taken_out_of_the_name(cell, name, remark):
    found = one(cell)
    assert (found[0], found[2], found[3]) == (name, "full", remark)


def test_a_name_that_only_looks_like_a_remark_stays():
    assert one("王五保")[0] == "王五保"
    assert one("（张三）")[0] == "张三"


@pytest.mark.parametrize("dot", "·・•‧∙⋅．.﹒")
def test_middle_dots_of_all_kinds_are_one(dot):
    assert one(f"阿依古丽{dot}买买提") == ("阿依古丽·买买提", "阿依古丽买买提", "full", None)
    assert one("阿依古丽买买提")[1] == "阿依古丽买买提"


@pytest.mark.parametrize(
    ("one_form", "other"),
    [
        ("萧红", "肖红"),
        ("傅國強", "付国强"),
        ("甯静", "宁静"),
        ("昇", "升"),
        ("戴代", "代代"),
        ("劉⻢", "刘马"),
        ("閻堃", "闫坤"),
        ("ＡＢＣ", "abc"),
    ],
)
def test_variants_are_one_class_but_the_name_stays_as_received(one_form, other):
    assert one(one_form)[1] == one(other)[1]
    assert one(one_form)[0] != one(other)[0]


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("王?花", "王?花"),
        ("王？花", "王?花"),
        ("王*", "王?"),
        ("王□", "王?"),
        ("王〇芳", "王?芳"),
        ("王\ue123", "王?"),
        ("王XX", "王??"),
        ("李x", "李?"),
    ],
)
def test_a_character_that_could_not_be_written_holds_its_place(cell, key):
    assert one(cell)[1:3] == (key, "wildcard")


@pytest.mark.parametrize(
    "cell",
    [
        "王某",
        "某某",
        "王某某",
        "幺妹",
        "王幺妹",
        "二妹",
        "杨二妹",
        "老三",
        "殷老二",
        "小妹",
        "李氏",
        "王毛毛",
    ],
)
def test_names_that_name_nobody_for_sure(cell):
    assert one(cell)[2] == "nickname"


@pytest.mark.parametrize(
    "cell", ["王某之子", "张三之女", "张三之妻", "李四五之长子", "张三女儿", "王某某之儿子"]
)
def test_names_that_name_somebody_else(cell):
    assert one(cell)[2] == "child_of"


@pytest.mark.parametrize(
    "cell", ["王小妹", "罗儿", "之女", "欧阳春花", "毛宝", "石老", "吴阿妹", "氏"]
)
def test_names_that_only_resemble_such(cell):
    assert one(cell)[2] == "full"


@pytest.mark.parametrize(
    "cell", ["无", "不详", "", "  ", None, "NULL", "-", "0", "???", "□□", "（）", "123"]
)
def test_no_name(cell):
    assert one(cell)[:3] == (None, None, "missing")


@EXAMPLES
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(max_size=6),
            st.text(alphabet="王李某之子幺妹萧·?□（已故） 1X", max_size=7),
        ),
        max_size=15,
    )
)
def test_the_fast_path_reads_like_the_slow_one(cells):
    assert read(*cells).rows() == [
        READER.read_one(cell) if cell is not None else (None, None, "missing", None)
        for cell in cells
    ]
