"""Frames in good order, one set a subject: every rule holds on them. Tests break one thing at a time. All people invented."""

from datetime import date
from pathlib import Path

import polars as pl

from reconciliation.registers.labels import Labels

LABELS = Labels.load(Path(__file__).parents[2] / "config" / "labels.yaml")
AS_OF = date(2018, 8, 15)

NAMES = ("龙阿朵", "吴老歪", "潘金花", "石维山")
NUMBERS = ("522601196503120013", "522601196808200022", "522622199011051133", "522622197001017522")


def receipts(register: str = "dibao") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "register": [register, register],
            "source_file": ["凯里.xlsx", "黄平.csv"],
            "source_sheet": ["一镇", None],
            "kind": ["person", None],
            "status": ["accepted", "accepted"],
            "left_aside": [None, "no_people"],
            "message": [None, None],
            "rows_read": [3, 2],
            "rows_accepted": [2, 2],
            "rows_rejected": [1, 0],
            "ids_typed_as_numbers": [0, 0],
        },
        schema_overrides={"message": pl.String},
    )


def records() -> pl.DataFrame:
    """Four recorded rows and a rejected one."""
    return pl.DataFrame(
        {
            "record": [1, 2, 3, 4, 5],
            "source_file": ["凯里.xlsx"] * 3 + ["黄平.csv"] * 2,
            "source_sheet": ["一镇"] * 3 + [None] * 2,
            "source_row": [2, 3, 4, 2, 3],
            "rejected": [None, None, "姓名和证件号码都为空", None, None],
            "name": [NAMES[0], NAMES[1], "", NAMES[2], NAMES[3]],
            "id_number": [NUMBERS[0], NUMBERS[1], "", NUMBERS[2], NUMBERS[3]],
            "relation": ["户主", "配偶", "", "户主", "户主"],
            "head_id": [NUMBERS[0], NUMBERS[0], "", NUMBERS[2], NUMBERS[3]],
            "head_name": [NAMES[0], NAMES[0], "", NAMES[2], NAMES[3]],
        }
    )


def persons() -> pl.DataFrame:
    births = [date(1965, 3, 12), date(1968, 8, 20), date(1990, 11, 5), date(1970, 1, 1)]
    sexes = ["男", "女", "男", "女"]
    return pl.DataFrame(
        {
            "record": [1, 2, 4, 5],
            "county": ["凯里市", "凯里市", "黄平县", "黄平县"],
            "household": [1, 1, 2, 3],
            "household_basis": ["head_id", "head_id", "head_id", "alone"],
            "is_head": [True, False, True, False],
            "name": list(NAMES),
            "name_kind": ["full"] * 4,
            "id_number": list(NUMBERS),
            "id_quality": ["valid"] * 4,
            "sex": sexes,
            "sex_field": sexes,
            "sex_id": sexes,
            "birth_date": births,
            "birth_field": births,
            "birth_id": births,
        }
    )


def links() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "dibao_record": [1, 2, 4],
            "poverty_record": [1, 2, 5],
            "tier": ["certain", "probable", "possible"],
            "probability": [1.0, 0.9, 0.4],
            "why": ["号码和姓名都一致", "姓名一致，同村", "姓名相近"],
        }
    )


def quality() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "tier": ["certain", "certain_probable"],
            "precision": [1.0, 0.998],
            "precision_low": [0.997, 0.995],
            "precision_high": [1.0, 0.999],
            "recall": [0.91, 0.97],
            "recall_low": [0.9, 0.96],
            "recall_high": [0.92, 0.98],
        }
    )


def calibration() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "band": ["0.5-0.6", "0.6-0.7"],
            "pairs": [40, 0],
            "said": [0.55, None],
            "low": [0.4, None],
            "high": [0.69, None],
        }
    )


def judgements() -> pl.DataFrame:
    return pl.DataFrame(
        {"dibao_case": ["a1", "a2"], "poverty_case": ["b1", "b2"], "state": ["applied"] * 2}
    )


def dispositions() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "register": ["dibao"] * 4 + ["poverty"] * 4,
            "record": [1, 2, 4, 5] * 2,
            "disposition": [
                "exit_dibao", "keep", "verify", "no_action", "correct", "keep", "no_action", "no_action",
            ],
        }
    )  # fmt: skip


def lists() -> pl.DataFrame:
    return dispositions().select(
        pl.col("disposition").alias("list"),
        "register",
        "record",
        rule=pl.lit("C7"),
        why=pl.lit("收入高于低保标准"),
    )


def evidence_links() -> pl.DataFrame:
    return pl.DataFrame(
        {"register": ["dibao"], "record": [1], "tier": ["certain"], "evidence_register": ["deaths"]}
    )


def duplicates() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "register": pl.String,
            "record": pl.Int64,
            "group": pl.Int64,
            "representative": pl.Boolean,
        }
    )


def coverage() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "register": ["dibao", "poverty", "deaths"],
            "county": ["凯里市", "凯里市", None],
            "files": [1, 1, 1],
            "rows": [100, 100, 100],
            "rows_before": [100, 100, 100],
            "change": [0.0, 0.0, 0.0],
            "status": ["received"] * 3,
            "message": ["农村低保：凯里市。", "建档立卡：凯里市。", "死亡人员。"],
        }
    )


def tie_outs() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "tie_out": ["received", "lists"],
            "register": ["dibao", None],
            "expected": [5, 8],
            "found": [5, 8],
        }
    )


def entitlements() -> pl.DataFrame:
    """Two people entitled to 1,500 yuan each, a third to be verified."""
    return pl.DataFrame(
        {
            "list": ["relief"] * 3,
            "register": ["dibao", "dibao", "poverty"],
            "record": [1, 2, 5],
            "rule": ["E1"] * 3,
            "group": ["moved"] * 3,
            "status": ["entitled", "entitled", "verify"],
            "amount": [1500] * 3,
            "why": ["2018年搬迁"] * 3,
        }
    )


def entitlement_totals() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "level": ["province"] * 2,
            "list": ["relief"] * 2,
            "group": ["moved"] * 2,
            "status": ["entitled", "verify"],
            "people": [2, 1],
            "amount": [3000, 1500],
        }
    )


def entitlement_tie_outs() -> pl.DataFrame:
    return pl.DataFrame(
        {"list": ["relief"], "tie_out": ["people_county"], "expected": [3], "found": [3]}
    )


def good(subject: str) -> dict[str, pl.DataFrame]:
    """The frames of a subject, in good order."""
    stage, _, register = subject.partition("_")
    everything = {
        "receipts": receipts(register or "dibao"),
        "records": records(),
        "persons": persons(),
        "coverage": coverage(),
        "links": links(),
        "quality": quality(),
        "quality_before": quality(),
        "calibration": calibration(),
        "judgements": judgements(),
        "persons_dibao": persons(),
        "persons_poverty": persons(),
        "dispositions": dispositions(),
        "lists": lists(),
        "evidence_links": evidence_links(),
        "duplicates": duplicates(),
        "tie_outs": tie_outs(),
        "entitlements": entitlements(),
        "entitlement_totals": entitlement_totals(),
        "entitlement_tie_outs": entitlement_tie_outs(),
    }
    if stage == "records":  # few rows: a single rejected one is already more than one in twenty
        taken = records().filter(pl.col("rejected").is_null())
        said = everything["receipts"].with_columns(rows_read=pl.lit(2), rows_rejected=pl.lit(0))
        return everything | {"records": taken, "receipts": said}
    return everything
