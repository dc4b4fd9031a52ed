"""The columns of the rural dibao register, person by person, by their fullest headers."""

import numpy as np
import polars as pl

from sample_registers.generator import wording
from sample_registers.generator.county_model import ages
from sample_registers.generator.dice import Bools, Ints, scatter
from sample_registers.generator.personal import education, flag, labour, sex_field
from sample_registers.generator.register_rows import (
    Rows,
    by_family,
    by_person,
    choose,
    days,
    family_sizes,
    money,
    whole,
)
from sample_registers.generator.situations import FULL, POVERTY
from sample_registers.generator.templates import DIBAO_RELATIONS, SIZES


def dibao_frame(rows: Rows) -> pl.DataFrame:
    """All columns of the dibao person file, text, and the truth columns."""
    frame, situations = rows.frame, rows.model.situations
    age = ages(rows.model.people)[rows.person]
    head = _heads(rows)
    income = situations.income[rows.batch][rows.family]
    blank = pl.Series(rows.marks["income_blank"])
    amount = np.maximum((39_000 - income) // 1200 * 10, 60) * rows.size
    disability, grade = situations.disability[rows.person], situations.grade[rows.person]
    ill = situations.ill[rows.person]
    certificate = frame["_true_number"] + whole(disability * 10 + grade)
    family_size = np.where(situations.cover[rows.family] == FULL, rows.size, family_sizes(rows))
    return frame.select(
        pl.col("name").alias("姓名"),
        pl.col("number").alias("身份证号"),
        pl.lit(head["number"]).alias("户主身份证号"),
        pl.lit(head["name"]).alias("户主姓名"),
        pl.lit(choose(_relations(rows), rows.role)).alias("与户主关系"),
        pl.lit(sex_field(rows)).alias("性别"),
        pl.lit(days(rows.model.people.birth[rows.person])).alias("出生日期"),
        pl.lit(whole(age)).alias("年龄"),
        pl.lit(by_family(rows, wording.ETHNICITIES, 41)).alias("民族"),
        pl.lit(_marital(rows, age)).alias("婚姻状况"),
        pl.lit(education(rows, age)).alias("文化程度"),
        pl.lit(
            choose(("无业", "务农", "在校"), np.where(age < 16, 2, np.where(age > 65, 0, 1)))
        ).alias("就业状况"),
        pl.lit(_unless(blank, money(income))).alias("年收入（元）"),
        pl.lit(choose(("否", "是"), (disability > 0).astype(np.int64))).alias("是否残疾"),
        pl.lit(_unless(pl.Series(disability == 0), certificate)).alias("残疾证号"),
        pl.lit(choose(wording.DISABILITIES, disability)).alias("残疾类别"),
        pl.lit(choose(wording.GRADES, grade)).alias("残疾等级"),
        pl.lit(_unless(pl.Series(~ill), by_person(rows, wording.ILLNESSES, 43))).alias("患病病种"),
        pl.lit(choose(wording.DIBAO_LABOUR, labour(rows, age))).alias("劳动能力"),
        pl.lit(choose(wording.DIBAO_HEALTH, _health(disability, grade, ill, rows.person))).alias(
            "健康状况"
        ),
        pl.lit(_first_month(rows)).alias("最初享受月份"),
        pl.lit(flag(rows, POVERTY)).alias("是否建档立卡扶贫对象"),
        pl.lit(by_family(rows, wording.BANKS, 47)).alias("开户银行"),
        pl.lit(head["name"]).alias("银行账户名称"),
        pl.lit(
            "620000" + whole(100_000_000_000 + scatter(rows.unit, salt=53) % 899_999_999_999)
        ).alias("银行帐号"),
        pl.lit("农村低保").alias("救助类型"),
        pl.lit(whole(amount)).alias("户月保障金额（元）"),
        pl.lit(whole(amount)).alias("合计（元）"),
        pl.lit("补差").alias("救助金计算方式"),
        pl.lit(choose(wording.TIERS, situations.tier[rows.family])).alias("分档类型"),
        pl.lit("").alias("备注"),
        pl.col("province").alias("所属省"),
        pl.col("prefecture").alias("所属市"),
        pl.col("county").alias("所属区县"),
        pl.col("town").alias("所属街道"),
        pl.col("village").alias("所属社区"),
        (pl.col("town") + pl.col("_village") + pl.lit(by_family(rows, wording.HAMLETS, 59))).alias(
            "家庭地址"
        ),
        pl.lit(certificate_numbers(rows)).alias("低保（特困）证号"),
        pl.lit(whole(family_size)).alias("家庭人口数"),
        pl.lit(whole(rows.size)).alias("保障人口数"),
        pl.lit(_unless(blank, money(income))).alias("家庭年均收入（元）"),
        "^_.*$",
    )


def certificate_numbers(rows: Rows) -> pl.Series:
    """County code and household number, one a household of the register."""
    return whole(rows.county_code * 100_000_000 + 10_000_000 + rows.unit)


def _relations(rows: Rows) -> tuple[str, ...]:
    """The coarse relations, in one county of three in the shorter wording."""
    if rows.model.county.number % 3 != 1:
        return DIBAO_RELATIONS
    return tuple(wording.SHORT_RELATIONS.get(relation, relation) for relation in DIBAO_RELATIONS)


def _unless(condition: pl.Series, texts: pl.Series) -> pl.Series:
    """Empty where the condition holds."""
    return pl.select(
        pl.when(pl.lit(condition)).then(pl.lit("")).otherwise(pl.lit(texts))
    ).to_series()


def _heads(rows: Rows) -> pl.DataFrame:
    """Name and number of the household's head: as the head's own row has them, else the true head's."""
    model = rows.model
    first = np.flatnonzero(model.people.position == 0)[rows.family]
    has_row = pl.lit(pl.Series(rows.head >= 0))
    place = np.maximum(rows.head, 0)
    typed = pl.lit(rows.frame["_typed"].gather(place))
    written = pl.lit(rows.frame["number"].gather(place))
    own_true = pl.lit(rows.frame["_true_number"].gather(place))
    return pl.select(
        name=pl.when(has_row)
        .then(pl.lit(rows.frame["name"].gather(place)))
        .otherwise(pl.lit(model.names.gather(first))),
        number=pl.when(has_row & typed)
        .then(own_true)
        .when(has_row)
        .then(written)
        .otherwise(pl.lit(model.numbers.gather(first))),
    )


def _health(disability: Ints, grade: Ints, ill: Bools, person: Ints) -> Ints:
    severe = (disability > 0) & (grade <= 2)
    return np.select([ill, severe], [4, 5], scatter(person, salt=61) % 4)


def _marital(rows: Rows, age: Ints) -> pl.Series:
    kin = rows.model.people.role[rows.person]
    members = SIZES[rows.model.families.template][rows.family]
    married = np.isin(kin, (1, 4, 5)) | ((kin == 0) & (members > 1))
    free = scatter(rows.person, salt=71) % 4
    return choose(
        wording.MARITAL, np.select([age < 20, married, age > 60], [0, 1, 2], free * (age > 35))
    )


def _first_month(rows: Rows) -> pl.Series:
    draw = scatter(rows.family, salt=73)
    year, month = 2008 + draw % 10, 1 + draw // 16 % 12
    return whole(year * 100 + month)
