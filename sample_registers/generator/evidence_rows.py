"""The registers beside the two: people who died (死亡人员) and people on 特困."""

import numpy as np
import polars as pl

from sample_registers.generator import wording
from sample_registers.generator.dibao_rows import dibao_frame
from sample_registers.generator.dice import scatter
from sample_registers.generator.register_rows import Rows, by_person, choose, days, whole
from sample_registers.generator.situations import BATCH_DAYS


def deaths_frame(rows: Rows) -> pl.DataFrame:
    """The dead of the batch among `rows`."""
    death = rows.model.situations.death[rows.person]
    frame = rows.frame.select(
        pl.col("name").alias("姓名"),
        pl.col("number").alias("身份证号"),
        pl.lit(choose(("女", "男"), rows.model.people.male[rows.person])).alias("性别"),
        pl.lit(days(rows.model.people.birth[rows.person])).alias("出生日期"),
        pl.lit(days(death)).alias("死亡日期"),
        pl.lit(days(death + 3)).alias("火化日期"),
        pl.col("prefecture").alias("所属市"),
        pl.col("county").alias("所属区县"),
        pl.col("town").alias("所属街道"),
        pl.col("village").alias("所属社区"),
        pl.lit("").alias("备注"),
        "^_.*$",
    )
    return frame.filter(pl.Series(death <= BATCH_DAYS[rows.batch]))


def tekun_frame(rows: Rows) -> pl.DataFrame:
    """Those of `rows` who are on 特困: the columns of dibao, and how they are cared for."""
    in_home = scatter(rows.person, salt=139) % 4 == 0
    empty = pl.lit("")
    frame = dibao_frame(rows).with_columns(
        pl.lit("农村特困").alias("救助类型"),
        pl.lit(by_person(rows, wording.SELF_CARE, 149)).alias("生活自理能力"),
        pl.lit(choose(wording.SUPPORT_FORMS, in_home.astype(np.int64))).alias("供养方式"),
        pl.when(pl.lit(pl.Series(in_home)))
        .then(pl.col("所属街道") + "敬老院")
        .otherwise(empty)
        .alias("供养机构"),
        pl.lit("").alias("照料人姓名"),
        pl.lit(whole(rows.county_code * 100_000_000 + 90_000_000 + rows.unit)).alias(
            "低保（特困）证号"
        ),
    )
    return frame.filter(pl.Series(rows.model.situations.tekun[rows.family])).drop(
        "是否建档立卡扶贫对象", "分档类型"
    )
