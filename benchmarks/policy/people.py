"""Families and their people, as persons and as the rows they were received as."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from reconciliation.configuration import DEFAULT_FOLDER
from reconciliation.linkage.arrays import Bools, Floats, Ints
from reconciliation.policy.attributes import FIELDS
from reconciliation.registers.schema import LINEAGE

HOUSEHOLD_SIZES: Final = {1: 0.14, 2: 0.2, 3: 0.22, 4: 0.22, 5: 0.14, 6: 0.08}
_DAYS, _FIRST_DAY = 30_000, -12_500
"""Births: so many days from this one on, counted from 1970-01-01."""
_TOWNS, _VILLAGES = 17, 12
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "国建文明华志军德光永忠林强平海云龙春生正成荣秀英芳兰玉珍梅桂花莲翠红霞燕琼素淑凤香"
_RELATIONS: Final = {"spouse": 0.35, "child": 0.45, "parent": 0.1, "grandchild": 0.1}
_QUALITIES: Final = {
    "valid": 0.985,
    "check_failed": 0.006,
    "precision_lost": 0.004,
    "missing": 0.005,
}
_CELLS: Final[dict[str, dict[str | None, float]]] = {
    "assistance_type": {"农村低保": 0.985, "城市低保": 0.005, "": 0.01},
    "class_tier": {"一般保障户": 0.5, "重点保障户": 0.3, "长期保障户": 0.18, "": 0.02},
    "household_size": {"3": 0.3, "4": 0.4, "2": 0.2, "5": 0.1},
    "covered_size": {"3": 0.4, "4": 0.4, "1": 0.15, "": 0.05},
    "health": {"健康": 0.8, "长期慢性病": 0.08, "患有大病": 0.04, "残疾": 0.05, "长期慢性病,残疾": 0.01, "": 0.02},
    "labour": {"普通劳动力": 0.5, "无劳动力": 0.35, "弱劳动力或半劳动力": 0.1, "丧失劳动力": 0.05},
    "disability_grade": {"": 0.94, "一级": 0.02, "二级": 0.02, "三级": 0.02},
    "disability_certificate": {"": 1.0},
    "lift_status": {"未脱贫": 0.2, "返贫": 0.01, "已脱贫（享受政策）": 0.7, "稳定脱贫": 0.07, "": 0.02},
    "household_type": {"一般贫困户": 0.7, "低保贫困户": 0.25, "五保贫困户": 0.03, "": 0.02},
    "death_date": {"2018-03-02": 0.5, "2017-11-20": 0.4, "": 0.1},
    "cremation_date": {"": 1.0},
    "move_kind": {"迁出": 0.7, "户口注销": 0.3},
    "hit_kind": {"车辆": 0.5, "房产": 0.3, "财政供养": 0.2},
    "settlement_form": {"集中安置": 0.7, "分散安置": 0.3},
    "hukou_moved": {"是": 0.5, "否": 0.5},
}  # fmt: skip
_FLAGS: Final = ("flag_poverty", "flag_dibao")
_MONTHLY: Final = {"320": 0.4, "480": 0.3, "610.5": 0.2, "": 0.1}


@dataclass(frozen=True)
class Family:
    """Families: one element a family, and of everybody the family they belong to."""

    county: Ints
    town: Ints
    village: Ints
    income: Floats
    both: Bools
    size: Ints

    @classmethod
    def invent(cls, on: Mapping[str, Bools], dice: np.random.Generator) -> Self:
        """The families on either register, spread over the counties, some of which are five times as large as others."""
        families = len(on["dibao"])
        counties = pl.read_csv(DEFAULT_FOLDER / "places" / "counties.csv").height
        weight = dice.pareto(3, counties) + 0.4
        county = dice.choice(counties, families, p=weight / weight.sum())
        sizes, shares = list(HOUSEHOLD_SIZES), list(HOUSEHOLD_SIZES.values())
        return cls(
            county=county,
            town=dice.integers(0, _TOWNS, families),
            village=dice.integers(0, _VILLAGES, families),
            income=np.round(dice.lognormal(8.0, 0.3, families) * np.where(on["dibao"], 1, 2), 1),
            both=on["dibao"] & on["poverty"],
            size=dice.choice(sizes, families, p=shares),
        )


@dataclass(frozen=True)
class Side:
    """One register: `rows` says who of everybody (`person`) is which `record`."""

    records: pl.DataFrame
    persons: pl.DataFrame
    rows: pl.DataFrame


def register_people(family: Family, on: Bools, register: str, dice: np.random.Generator) -> Side:
    """The people of the families on a register; records are numbered by ID number, as the intake numbers them."""
    of = np.repeat(np.arange(len(on)), family.size)
    is_head = np.r_[True, of[1:] != of[:-1]]
    # A person has the same number on both registers: the digits of the county, then the birth date.
    born = np.arange(len(of)) * 7919 % _DAYS
    person = np.lexsort((born, family.county[of]))
    person = person[on[of[person]]]
    rows = pl.DataFrame({"person": person, "family": of[person], "is_head": is_head[person]})
    rows = rows.with_row_index("record", offset=1).with_columns(pl.col("record").cast(pl.Int64))
    persons = _persons(rows, family, dice)
    return Side(
        records=_records(persons, rows, family, register, dice),
        persons=persons.select(pl.exclude("written_county")),
        rows=rows.select("person", "record"),
    )


def pick(
    shares: Mapping[str, float] | Mapping[str | None, float], rows: int, dice: np.random.Generator
) -> pl.Series:
    """Texts drawn with the given shares."""
    texts = pl.Series(list(shares), dtype=pl.String)
    return texts.gather(dice.choice(len(shares), rows, p=np.array(list(shares.values()))))


def _persons(rows: pl.DataFrame, family: Family, dice: np.random.Generator) -> pl.DataFrame:
    """`persons_<register>` of the rows, and the county as it is written."""
    counties = pl.read_csv(DEFAULT_FOLDER / "places" / "counties.csv")["name"]
    of = rows["family"].to_numpy()
    count = rows.height
    person = rows["person"].to_numpy()
    birth = pl.Series(person * 7919 % _DAYS).cast(pl.Int32) + _FIRST_DAY
    name = _names(person)
    written = counties.gather(family.county[of])
    quality = pick(_QUALITIES, count, dice)
    place = family.town[of]
    relation = pick(_RELATIONS, count, dice)
    return (
        pl.DataFrame(
            {
                "record": rows["record"],
                "written_county": written,
                "county": written.str.replace(r"(自治县|特区|县|市|区)$", ""),
                "town": pl.Series([f"第{town}" for town in range(_TOWNS)]).gather(place),
                "village": pl.Series([f"第{village}" for village in range(_VILLAGES)]).gather(
                    family.village[of]
                ),
                "household": (rows["family"].rank("dense")).cast(pl.Int64),
                "is_head": rows["is_head"],
                "relation": relation,
                "name": name,
                "name_key": name,
                "id_quality": quality,
                "number": person,
                "birth_date": birth,
            }
        )
        .with_columns(
            pl.col("birth_date").cast(pl.Date),
            relation=pl.when("is_head").then(pl.lit("head")).otherwise("relation"),
            name_kind=pl.lit("full"),
            name_remark=pl.lit(None, dtype=pl.String),
            id_number=pl.when(pl.col("id_quality") == "valid").then(
                pl.concat_str(
                    pl.lit("52"), (pl.col("number") + 10**14).cast(pl.String), pl.lit("X")
                )
            ),
            certificate_category=pl.lit(None, dtype=pl.Int8),
            certificate_grade=pl.lit(None, dtype=pl.Int8),
            sex=pl.when(pl.col("number") % 2 == 0).then(pl.lit("男")).otherwise(pl.lit("女")),
            birth_field=pl.col("birth_date"),
            birth_id=pl.col("birth_date"),
        )
        .drop("number")
    )


def _names(person: Ints) -> pl.Series:
    """A surname and two given characters, by the number of the person."""
    names = [first + middle + last for first in _SURNAMES for middle in _GIVEN for last in _GIVEN]
    return pl.Series(names).gather(person * 2_654_435 % len(names))


def _records(
    persons: pl.DataFrame,
    rows: pl.DataFrame,
    family: Family,
    register: str,
    dice: np.random.Generator,
) -> pl.DataFrame:
    """The cells of the policy as received; what holds for a household is the same in all its rows."""
    of = rows["family"].to_numpy()
    own = {"health", "labour", "disability_grade", "disability_certificate"}
    cells = {}
    for field in FIELDS[register]:
        if field == "income_per_capita":
            amounts = pl.Series(family.income).cast(pl.String)
            blank = pl.Series(dice.random(len(amounts)) < 0.03)
            cells[field] = amounts.zip_with(~blank, pl.Series([""])).gather(of)
        elif field in _FLAGS:
            said = np.where(family.both, "是", "否")
            wrong = dice.random(len(said)) < 0.04
            cells[field] = pl.Series(np.where(wrong, "", said)).gather(of)
        elif field in own:
            cells[field] = pick(_CELLS[field], rows.height, dice)
        else:
            cells[field] = pick(_CELLS[field], len(family.size), dice).gather(of)
    if register == "dibao":
        cells["household_monthly_amount"] = pick(_MONTHLY, len(family.size), dice).gather(of)
    return persons.select(
        "record",
        *_lineage(register, pl.col("written_county")),
        pl.lit(None, dtype=pl.String).alias("rejected"),
        pl.col("written_county").alias("county"),
        pl.concat_str("town", pl.lit("镇")).alias("town"),
        pl.concat_str("village", pl.lit("村")).alias("village"),
    ).with_columns(pl.Series(name, cell) for name, cell in cells.items())


def _lineage(register: str, county: pl.Expr) -> list[pl.Expr]:
    """A file a county."""
    file = pl.concat_str(pl.lit(f"{register}/"), county, pl.lit(".xlsx"))
    return [
        file.alias(LINEAGE[0]),
        pl.lit("Sheet1").alias(LINEAGE[1]),
        (pl.int_range(pl.len()).over(county) + 2).alias(LINEAGE[2]),
    ]


def evidence_persons(
    name: str,
    found: Mapping[str, Ints],
    persons: Mapping[str, pl.DataFrame],
    dice: np.random.Generator,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records and persons of an evidence register: the people drawn, numbered in their order."""
    drawn = pl.concat(persons[register][rows - 1] for register, rows in found.items()).with_columns(
        record=pl.int_range(1, pl.len() + 1), household=pl.int_range(1, pl.len() + 1)
    )
    fields = FIELDS.get(name, ())
    records = drawn.select(
        "record",
        *_lineage(name, pl.col("county")),
        pl.lit(None, dtype=pl.String).alias("rejected"),
        "county", "town", "village",
    ).with_columns(pick(_CELLS[field], drawn.height, dice).alias(field) for field in fields)  # fmt: skip
    return records, drawn
