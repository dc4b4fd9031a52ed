"""Which threshold holds for a county on a day, and what a file must look like."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from reconciliation.policy.thresholds import Thresholds
from reconciliation.registers.errors import ConfigurationError

HEADER = "county,effective,key,value,source\n"


def load(folder: Path, text: str) -> Thresholds:
    path = folder / "thresholds.csv"
    path.write_text(HEADER + text, "utf-8")
    return Thresholds.load(path)


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
        ("威宁县", date(2018, 8, 31), 4000), ("威宁县", date(2018, 9, 1), 4100), ("威宁县", date(2018, 12, 1), 4100),
        ("威宁县", date(2018, 8, 15), 4000), ("威宁", date(2018, 8, 15), 4000), (" 威宁 县", date(2018, 8, 15), 4000),
        ("乙县", date(2018, 8, 15), 3900), ("乙县", date(2018, 10, 1), 3950), (None, date(2018, 8, 15), 3900),
        ("威宁县", date(2017, 12, 31), None),
    ],
)  # fmt: skip
def test_the_countys_own_and_the_latest_win(
    thresholds: Thresholds, county: str | None, day: date, expected: float | None
) -> None:
    assert thresholds.at("dibao_line", county, day) == expected


def test_all_counties_at_once(thresholds: Thresholds) -> None:
    found = thresholds.of_counties(
        pl.Series(["乙县", "威宁县", None, "威宁县"], dtype=pl.String), date(2018, 8, 15)
    )
    assert dict(found.select("county", "dibao_line").iter_rows()) == {
        None: 3900,
        "乙县": 3900,
        "威宁县": 4000,
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
    ],
)
def test_a_malformed_file_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load(tmp_path, text)


def test_another_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.csv"
    path.write_text("county,key,value\n", "utf-8")
    with pytest.raises(ConfigurationError, match="header"):
        Thresholds.load(path)
