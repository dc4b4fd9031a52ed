"""Places made comparable."""

import polars as pl
import pytest

from reconciliation.identity.places import Places, comparable_places
from reconciliation.registers.errors import ConfigurationError
from tests.identity.world import CHARACTERS, PLACES, SETTINGS

UNITS = ("province", "prefecture", "county", "town", "village")


def place(**units):
    frame = pl.DataFrame(
        {unit: [units.get(unit)] for unit in UNITS}, schema=dict.fromkeys(UNITS, pl.String)
    )
    found = comparable_places(frame, SETTINGS.places, PLACES, CHARACTERS.variant_map)
    return found.row(0)


@pytest.mark.parametrize(
    "village", ["和平村", "和平", "和平村委会", "和平村村委会", "和平村民委员会", "和平村村民委员会", "和平社区", "和平社区居委会", "和平居委会", "和平 村", "和平村（原红旗村）", "和平村三组", "草海镇和平村"]
)  # fmt: skip
def test_a_village_is_one_however_it_is_called(village):
    assert place(county="威宁县", town="草海镇", village=village)[2] == "和平"


@pytest.mark.parametrize(
    "town",
    [
        "新民彝族苗族乡",
        "新民乡",
        "新民镇",
        "新民街道",
        "新民街道办事处",
        "新民民族乡",
        "新民布依族乡",
        "石门县新民乡",
    ],
)
def test_a_town_is_one_whatever_its_rank(town):
    assert place(county="石门县", town=town)[1] == "新民"


@pytest.mark.parametrize(
    "county",
    ["威宁彝族回族苗族自治县", "威宁县", "毕节市威宁县", "贵州省毕节市威宁县", "520526", "威寧縣"],
)
def test_a_county_is_one(county):
    assert place(province="贵州省", prefecture="毕节市", county=county)[0] == "威宁"


def test_renamed_counties_meet_their_new_name():
    assert place(county="盘县")[0] == place(county="盘州市")[0]
    assert place(county="兴仁县")[0] == place(county="兴仁市")[0]
    assert place(county="遵义县")[0] == place(county="播州区")[0]


def test_different_places_stay_different():
    assert place(village="新村")[2] != place(village="老村")[2]
    assert place(county="盘县")[0] != place(county="水城县")[0]


def test_an_unknown_place_passes_through():
    assert place(county="云岭县", town="石桥镇", village="麻栗坪村") == ("云岭", "石桥", "麻栗坪")


def test_a_stem_keeps_at_least_two_characters():
    assert place(county="盘县", town="茅镇", village="新村")[1:] == ("茅镇", "新村")


@pytest.mark.parametrize("blank", [None, "", " ", "无", "-", "/", "不详"])
def test_no_place(blank):
    assert place(county=blank, town=blank, village=blank) == (None, None, None)


def test_a_missing_table_is_named(tmp_path):
    (tmp_path / "counties.csv").write_text("code,title\n520526,x\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"counties.csv: no column 'name'"):
        Places.load(tmp_path)
    with pytest.raises(ConfigurationError, match=r"counties.csv"):
        Places.load(tmp_path / "nowhere")
