"""The columns of the poverty registration list, person by person, by their fullest headers."""

import numpy as np
import polars as pl

from sample_registers.generator import wording
from sample_registers.generator.county_model import ages
from sample_registers.generator.dice import Bools, Ints, scatter
from sample_registers.generator.personal import WELL, education, flag, labour, sex_field
from sample_registers.generator.register_rows import (
    Rows,
    by_family,
    by_person,
    choose,
    money,
    whole,
)
from sample_registers.generator.situations import DIBAO, LIFTED_FROM, PART, SINGLE
from sample_registers.generator.templates import POVERTY_RELATIONS


def poverty_frame(rows: Rows) -> pl.DataFrame:
    """All columns of the poverty person file, text, and the truth columns."""
    situations = rows.model.situations
    age = ages(rows.model.people)[rows.person]
    number = household_numbers(rows)
    lift = situations.lift[rows.family]
    lifted = lift >= LIFTED_FROM
    brackets = rows.model.county.number % 2
    working = (age >= 18) & (age <= 60)
    work = np.where(working, scatter(rows.person, salt=83) % 4, 0)
    lift_year = choose(
        ("2014", "2015", "2016", "2017", ""),
        np.where(lifted, scatter(rows.family, salt=89) % 4, 4),
    )
    found = choose(("201312", "201412", "201512", "201612"), scatter(rows.family, salt=97) % 4)
    income = money(situations.poverty_income[rows.batch][rows.family])
    blank = pl.lit(pl.Series(rows.marks["income_blank"]))
    return rows.frame.select(
        pl.col("province").alias("省"),
        pl.col("prefecture").alias("市"),
        pl.col("county").alias("县(市、区、旗)"),
        pl.col("town").alias("乡(镇)"),
        pl.col("village").alias("行政村"),
        pl.lit(by_family(rows, wording.HAMLETS, 59)).alias("自然村"),
        pl.lit(number).alias("户编号"),
        pl.lit(number + whole(_turn(rows.unit)).str.zfill(2)).alias("人编号"),
        pl.col("name").alias("姓名"),
        pl.lit(sex_field(rows)).alias("性别"),
        pl.lit("居民身份证").alias("证件类型"),
        pl.col("number").alias("证件号码"),
        pl.lit(whole(rows.size)).alias("人数"),
        pl.lit(choose(POVERTY_RELATIONS, rows.role)).alias("与户主关系"),
        pl.lit(by_family(rows, wording.ETHNICITIES, 41)).alias("民族"),
        pl.lit(education(rows, age)).alias("文化程度"),
        pl.lit(choose(wording.STUDENTS, _students(age))).alias("在校生状况"),
        pl.lit(_health(rows)).alias("健康状况"),
        pl.lit(choose(wording.POVERTY_LABOUR, _labour(rows, age))).alias("劳动技能"),
        pl.lit(choose(wording.WORK, work)).alias("务工状况"),
        pl.lit(choose(("0", "6", "8", "10"), work)).alias("务工时间（月）"),
        pl.lit(by_person(rows, ("是", "是", "是", "否"), 101)).alias("参加大病医疗"),
        pl.lit(choose(wording.LIFT[brackets], lift)).alias("脱贫属性"),
        pl.lit(_household_types(rows, lifted & (brackets == 1))).alias("贫困户属性"),
        pl.lit(lift_year).alias("脱贫年度"),
        pl.lit(by_family(rows, wording.CAUSES, 103)).alias("主要致贫原因"),
        pl.lit(by_family(rows, ("否", "否", "否", "否", "是"), 107)).alias("危房户"),
        pl.lit(by_family(rows, ("是", "是", "是", "是", "是", "否"), 109)).alias(
            "是否解决安全饮用水"
        ),
        pl.when(blank).then(pl.lit("")).otherwise(pl.lit(income)).alias("人均纯收入"),
        pl.lit("100" + whole(scatter(rows.unit, salt=113) % 100_000_000).str.zfill(8)).alias(
            "联系电话"
        ),
        pl.lit(found).alias("首次识别时间"),
        pl.lit(found).alias("人员识别时间"),
        pl.lit(by_family(rows, ("否", "否", "否", "否", "否", "否", "是"), 127)).alias(
            "是否易地扶贫搬迁户"
        ),
        pl.lit(flag(rows, DIBAO)).alias("是否享受低保"),
        "^_.*$",
    )


def household_numbers(rows: Rows) -> pl.Series:
    """County code and household number, one a household of the register, 14 digits."""
    return whole(rows.county_code * 100_000_000 + rows.unit)


def _turn(unit: Ints) -> Ints:
    """1, 2, … within each household, in the order of the rows."""
    order = np.argsort(unit, kind="stable")
    sorted_units = unit[order]
    first = np.flatnonzero(np.diff(sorted_units, prepend=-1))
    turn = np.empty(len(unit), dtype=np.int64)
    turn[order] = np.arange(len(unit)) - np.repeat(first, np.diff(np.append(first, len(unit)))) + 1
    return turn


def _household_types(rows: Rows, newer: Bools) -> pl.Series:
    """贫困户属性 by what is true, or the other of 一般 and 低保 where the row carries `household_type_wrong`."""
    situations = rows.model.situations
    on_dibao = (situations.listed[rows.batch][rows.family] & DIBAO) > 0
    partial = on_dibao & np.isin(situations.cover[rows.family], (SINGLE, PART))
    tekun = situations.tekun[rows.family]
    truly = np.select([tekun, partial, on_dibao], [3, 2, 1], 0)
    wrong = rows.marks["household_type_wrong"]
    said = np.where(wrong, np.where(truly == 0, 1, 0), truly)
    plain = choose(wording.HOUSEHOLD_TYPES[0], said)
    return pl.select(
        pl.when(pl.lit(pl.Series(newer)))
        .then(pl.lit(choose(wording.HOUSEHOLD_TYPES[1], said)))
        .otherwise(pl.lit(plain))
    ).to_series()


def _health(rows: Rows) -> pl.Series:
    """健康, or what is wrong, comma-joined in either order."""
    situations = rows.model.situations
    disabled = situations.disability[rows.person] > 0
    ill = situations.ill[rows.person]
    draw = scatter(rows.person, salt=131)
    chronic = draw % 11 == 0
    first = np.where(draw // 16 % 2 == 0, 0, 8)
    options = (
        "健康", "残疾", "患有大病", "残疾,患有大病", "长期慢性病", "长期慢性病,残疾", "长期慢性病,患有大病",
        "长期慢性病,患有大病,残疾", "健康", "残疾", "患有大病", "患有大病,残疾", "长期慢性病", "残疾,长期慢性病",
        "患有大病,长期慢性病", "残疾,患有大病,长期慢性病",
    )  # fmt: skip
    return choose(options, first + disabled * 1 + ill * 2 + chronic * 4)


def _labour(rows: Rows, age: Ints) -> Ints:
    """The loss of working capacity, and the skilled among the well."""
    level = labour(rows, age)
    return np.where((level == WELL) & (scatter(rows.person, salt=137) % 12 == 0), 4, level)


def _students(age: Ints) -> Ints:
    return np.select([age < 3, age < 7, age < 13, age < 16, age < 19], [0, 1, 2, 3, 4], 0)
