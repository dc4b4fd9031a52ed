"""What an office is told of its rows: where, which rule, what is wrong, what to do; never what a cell holds."""

import polars as pl

from expectations.defects import defects, subjects_of
from expectations.rules import RULES
from expectations.tally import VIOLATIONS
from expectations.validate import validate
from reconciliation.publishing.receipts import DEFECTS
from tests.expectations.frames import AS_OF, LABELS, NAMES, NUMBERS, good, persons
from tests.expectations.test_rules import one_person, put, repeated

Frames = dict[str, pl.DataFrame]


def violations(subject: str, frames: Frames) -> pl.DataFrame:
    return validate(subject, frames, labels=LABELS, as_of=AS_OF).violations


def told(subject: str, frames: Frames, register: str = "dibao") -> list[tuple[object, ...]]:
    made = defects(register, violations(subject, frames), frames["records"], LABELS)
    assert dict(made.schema) == DEFECTS
    return made.select("source_file", "source_sheet", "source_row", "rule", "detail").rows()


def test_every_remedy_has_a_defect_and_a_rule() -> None:
    named = LABELS.mapping("expectations.defects")
    assert named.keys() == LABELS.mapping("expectations.remedies").keys()
    assert named.keys() <= {rule.wording_key.rpartition(".")[2] for rule in RULES}
    ours = {"record_not_null", "record_unique", "lineage_not_null", "rows_tie_to_receipts", "person_per_record", "household_not_null"}  # fmt: skip
    assert named.keys().isdisjoint(ours)


def test_a_bad_number_is_told_with_its_place_and_what_is_wrong() -> None:
    frames = good("persons_dibao")
    frames["persons"] = put("id_quality", "check_failed", "precision_lost", where=(0, 2))(persons())
    assert told("persons_dibao", frames) == [
        ("凯里.xlsx", "一镇", 2, "Q304", "校验码不符，有一位写错或两位颠倒"),
        ("黄平.csv", None, 2, "Q304", "以数字录入，末几位已丢失"),
    ]


def test_a_repeated_row_names_the_row_it_repeats() -> None:
    frames = good("records_dibao")
    frames["records"] = repeated(frames["records"])
    assert told("records_dibao", frames) == [
        ("凯里.xlsx", "一镇", 3, "Q209", "与“凯里.xlsx”工作表“一镇”第 2 行完全相同")
    ]


def test_one_person_on_two_rows_is_told_on_both_with_the_other_one() -> None:
    frames = good("duplicates")
    frames["duplicates"] = one_person(frames["duplicates"])
    assert told("duplicates", frames) == [
        ("凯里.xlsx", "一镇", 2, "Q315", "与“凯里.xlsx”工作表“一镇”第 3 行是同一人"),
        ("凯里.xlsx", "一镇", 3, "Q315", "与“凯里.xlsx”工作表“一镇”第 2 行是同一人"),
    ]
    assert told("duplicates", frames, register="poverty") == []


def test_a_household_with_two_heads_is_told_on_its_first_row() -> None:
    frames = good("persons_dibao")
    frames["persons"] = put("is_head", True, where=(1,))(persons())
    assert told("persons_dibao", frames) == [
        ("凯里.xlsx", "一镇", 2, "Q313", "本行所在的户登记了 2 名户主")
    ]


def test_places_are_told_as_they_are_whatever_signs_they_hold() -> None:
    frames = good("records_dibao")
    frames["records"] = repeated(frames["records"]).with_columns(
        source_file=pl.lit("{0}=a|b.xlsx"), source_sheet=pl.lit("{sheet}")
    )
    rows = [row for row in told("records_dibao", frames) if row[3] == "Q209"]
    ((file, _, _, _, detail),) = rows
    assert file == "{0}=a|b.xlsx"
    assert detail == "与“{0}=a|b.xlsx”工作表“{sheet}”第 2 行完全相同"


def test_no_cell_reaches_an_office() -> None:
    frames = good("persons_dibao")
    frames["persons"] = put("id_quality", *["malformed"] * 4, where=(0, 1, 2, 3))(persons())
    made = defects("dibao", violations("persons_dibao", frames), frames["records"], LABELS)
    text = str(made.to_dicts())
    assert made.height == 4
    assert not any(secret in text for secret in (*NAMES, *NUMBERS))


def test_our_own_keys_are_no_business_of_an_office() -> None:
    frames = good("persons_dibao")
    frames["persons"] = put("household", None)(persons())
    assert "Q302" not in {row[3] for row in told("persons_dibao", frames)}
    assert defects("dibao", pl.DataFrame(schema=VIOLATIONS), frames["records"], LABELS).is_empty()
    assert subjects_of("deaths") == ("records_deaths", "persons_deaths")
