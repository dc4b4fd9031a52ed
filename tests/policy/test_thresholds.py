"""Which threshold holds for a county on a day, and what a file must look like."""

from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from reconciliation.configuration import Configuration
from reconciliation.identity.characters import CharacterTable
from reconciliation.identity.places import Places, comparable_counties, comparable_places
from reconciliation.identity.settings import IdentitySettings
from reconciliation.policy.thresholds import Thresholds
from reconciliation.registers.errors import ConfigurationError

CONFIG = Path(__file__).resolve().parents[2] / "config"
IDENTITY = IdentitySettings.load(CONFIG / "identity.yaml")
FOLD = partial(
    comparable_counties,
    settings=IDENTITY.places,
    places=Places.load(CONFIG / "places"),
    variants=CharacterTable.load(CONFIG / "characters", IDENTITY.mergers).variant_map,
)
HEADER = "county,effective,key,value,source\n"


def load(folder: Path, text: str) -> Thresholds:
    path = folder / "thresholds.csv"
    path.write_text(HEADER + text, "utf-8")
    return Thresholds.load(path, FOLD)


@pytest.fixture
def thresholds(tmp_path: Path) -> Thresholds:
    return load(
        tmp_path,
        "*,2018-01-01,dibao_line,3900,unverified\n"
        "威宁彝族回族苗族自治县,2018-01-01,dibao_line,4000,county\n"
        "威宁彝族回族苗族自治县,2018-09-01,dibao_line,4100,county\n"
        "*,2018-10-01,dibao_line,3950,unverified\n",
    )


@pytest.mark.parametrize(
    ("county", "day", "expected"),
    [
        ("威宁", date(2018, 8, 31), 4000), ("威宁", date(2018, 9, 1), 4100), ("威宁", date(2018, 12, 1), 4100),
        ("乙县", date(2018, 8, 15), 3900), ("乙县", date(2018, 10, 1), 3950), (None, date(2018, 8, 15), 3900),
        ("威宁", date(2017, 12, 31), None),
    ],
)  # fmt: skip
def test_the_countys_own_and_the_latest_win(
    thresholds: Thresholds, county: str | None, day: date, expected: float | None
) -> None:
    assert thresholds.at("dibao_line", county, day) == expected


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ("盘县", "盘州市"), ("盘县", "盘县"), ("盘州市", "盘县特区"), ("遵义县", "播州区"), ("520521", "大方县"),
        ("威宁縣", "威宁彝族回族苗族自治县"), ("威宁彝族回族苗族自治县", " 威宁 县"), ("兴仁县", "兴仁市"),
    ],
)  # fmt: skip
def test_a_row_holds_for_its_county_whatever_either_calls_it(
    tmp_path: Path, row: str, cell: str
) -> None:
    """As a person's county comes out of the identity stage with the same config."""
    found = load(tmp_path, f"*,2018-01-01,dibao_line,1,s\n{row},2018-01-01,dibao_line,2,s\n")
    units = ("province", "prefecture", "county", "town", "village")
    place = pl.DataFrame(
        {unit: [cell if unit == "county" else None] for unit in units},
        schema=dict.fromkeys(units, pl.String),
    )
    [county] = comparable_places(
        place, FOLD.keywords["settings"], FOLD.keywords["places"], FOLD.keywords["variants"]
    )["county"]
    assert found.at("dibao_line", county, date(2018, 8, 15)) == 2
    assert found.at("dibao_line", "水城", date(2018, 8, 15)) == 1


def test_the_suffixes_are_those_of_the_offices_own_config(tmp_path: Path) -> None:
    identity = (CONFIG / "identity.yaml").read_text("utf-8")
    own = identity.replace("county_suffixes: [自治县,", "county_suffixes: [管理区, 自治县,")
    (tmp_path / "identity.yaml").write_text(own, "utf-8")
    (tmp_path / "thresholds.csv").write_text(
        HEADER + "百里杜鹃管理区,2018-01-01,dibao_line,2,s\n盘县,2018-01-01,dibao_line,3,s\n",
        "utf-8",
    )
    thresholds = Configuration.load(tmp_path).thresholds
    assert thresholds.at("dibao_line", "百里杜鹃", date(2018, 8, 15)) == 2
    assert thresholds.at("dibao_line", "盘州", date(2018, 8, 15)) == 3


def test_all_counties_at_once(thresholds: Thresholds) -> None:
    found = thresholds.of_counties(
        pl.Series(["乙县", "威宁", None, "威宁"], dtype=pl.String), date(2018, 8, 15)
    )
    assert dict(found.select("county", "dibao_line").iter_rows()) == {
        None: 3900,
        "乙县": 3900,
        "威宁": 4000,
    }
    assert found["poverty_line"].null_count() == found.height


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("*,2018-01-01,dibao,3900,s\n", "line 2: unknown key"),
        ("*,2018-01-01,dibao_line,lots,s\n", "line 2: .*number"),
        ("*,2018-01-01,dibao_line,nan,s\n", "line 2: .*number"),
        ("*,2018-01-01,dibao_line,-1,s\n", "line 2: .*not negative"),
        ("*,2018-13-01,dibao_line,3900,s\n", "line 2: a date"),
        ("*,2018-01-01,dibao_line,3900,\n", "line 2: county .* and source"),
        ("*,2018-01-01,dibao_line,3900\n", "line 2: 5 cells"),
        (
            "兴仁县,2018-01-01,dibao_line,1,s\n兴仁市,2018-01-01,dibao_line,2,s\n",
            "line 3: .*stand twice",
        ),
        (
            "盘县,2018-01-01,dibao_line,1,s\n盘州市,2018-01-01,dibao_line,2,s\n",
            "line 3: .*stand twice",
        ),
        ("*,2018-01-01,dibao_line,1,s\n无,2018-01-01,dibao_line,2,s\n", "line 3: a county or"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load(tmp_path, text)


def test_another_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.csv"
    path.write_text("county,key,value\n", "utf-8")
    with pytest.raises(ConfigurationError, match="header"):
        Thresholds.load(path, FOLD)


def test_another_threshold_is_another_fingerprint_of_the_config(tmp_path: Path) -> None:
    """What the manifest names as the config's hash; a copy without a change is the same config."""
    text = (CONFIG / "thresholds.csv").read_text("utf-8")
    (tmp_path / "thresholds.csv").write_text(text, "utf-8")
    assert Configuration.load(tmp_path).digest == Configuration.load().digest
    (tmp_path / "thresholds.csv").write_text(
        f"{text}威宁县,2018-01-01,dibao_line,4000,s\n", "utf-8"
    )
    assert Configuration.load(tmp_path).digest != Configuration.load().digest
