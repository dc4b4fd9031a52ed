"""Every rule: a frame on which it holds, and one thing broken that makes exactly it fail."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from expectations.rules import RULES, SUBJECTS, frames_for, rules_for
from expectations.validate import Validation, validate
from reconciliation.registers.schema import REGISTERS, REQUIRED
from tests.expectations.frames import AS_OF, LABELS, good, records

Frames = dict[str, pl.DataFrame]
Break = Callable[[pl.DataFrame], pl.DataFrame]


def judged(subject: str, frames: Frames) -> Validation:
    return validate(subject, frames, labels=LABELS, as_of=AS_OF)


def broken(validation: Validation) -> set[str]:
    return {verdict.rule.id for verdict in validation.verdicts if not verdict.success}


def put(column: str, *values: object, where: tuple[int, ...] = (0,)) -> Break:
    """Write a value into a column at given rows (the first one where nothing is said)."""

    def apply(frame: pl.DataFrame) -> pl.DataFrame:
        cells = frame[column].to_list()
        for row, value in zip(where, values, strict=True):
            cells[row] = value
        return frame.with_columns(pl.Series(column, cells, dtype=frame.schema[column]))

    return apply


def nothing(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.clear()


def again(frame: pl.DataFrame) -> pl.DataFrame:
    """The first row twice."""
    return pl.concat([frame, frame.head(1)])


def repeated(frame: pl.DataFrame) -> pl.DataFrame:
    """The second row has the cells of the first, on a row of its own."""
    kept = pl.col("record", "source_file", "source_sheet", "source_row")
    cells = frame.select(pl.exclude("record", "source_file", "source_sheet", "source_row"))
    copied = pl.concat([cells[:1], cells[:1], cells[2:]])
    return pl.concat([frame.select(kept), copied], how="horizontal").select(frame.columns)


def one_person(frame: pl.DataFrame) -> pl.DataFrame:
    """The first two rows of the dibao register are one person."""
    rows = [("dibao", 1, 1, True), ("dibao", 2, 1, False)]
    return pl.DataFrame(rows, schema=frame.schema, orient="row")


def everyone(column: str, value: object) -> Break:
    return lambda frame: frame.with_columns(pl.lit(value, frame.schema[column]).alias(column))


def crowd(frame: pl.DataFrame) -> pl.DataFrame:
    """Twenty people in the first household."""
    more = [frame.head(1).with_columns(record=pl.lit(100 + n, pl.Int64)) for n in range(20)]
    return pl.concat([frame, *more])


def on_list(name: str, rule: str = "C7", *, row: int = 0) -> Break:
    return lambda frame: put("rule", rule, where=(row,))(put("list", name, where=(row,))(frame))


BREAKS: dict[str, tuple[str, str, Break]] = {
    "Q101": ("receipts_dibao", "receipts", put("status", "refused")),
    "Q102": ("receipts_dibao", "receipts", everyone("status", "skipped")),
    "Q103": ("receipts_dibao", "receipts", put("rows_read", 4)),
    "Q104": ("receipts_dibao", "receipts", put("rows_accepted", 0)),
    "Q105": ("receipts_dibao", "receipts", put("ids_typed_as_numbers", 1)),
    "Q106": ("receipts_dibao", "receipts", put("left_aside", "hidden")),
    "Q107": ("coverage", "coverage", put("status", "nothing_received")),
    "Q108": ("coverage", "coverage", put("status", "nothing_received", where=(2,))),
    "Q109": ("coverage", "coverage", put("status", "fell_sharply", where=(1,))),
    "Q110": ("coverage", "coverage", put("status", "rose_sharply")),
    "Q201": ("records_dibao", "records", everyone("rejected", "空行")),
    "Q202": ("records_dibao", "records", put("record", None)),
    "Q203": ("records_dibao", "records", put("record", 2)),
    "Q204": ("records_dibao", "records", put("source_row", None)),
    "Q205": ("records_dibao", "records", put("source_row", 3)),
    "Q206": ("records_dibao", "records", put("rejected", "空行")),
    "Q207": ("records_dibao", "records", put("id_number", None)),
    "Q208": ("records_dibao", "receipts", put("rows_read", 3)),
    "Q209": ("records_dibao", "records", repeated),
    "Q301": ("persons_dibao", "persons", again),
    "Q302": ("persons_dibao", "persons", put("household", None)),
    "Q303": ("persons_dibao", "persons", put("id_quality", "missing")),
    "Q304": ("persons_dibao", "persons", put("id_quality", "check_failed")),
    "Q305": ("persons_dibao", "persons", put("sex_field", "女")),
    "Q306": ("persons_dibao", "persons", put("birth_field", date(1965, 3, 13))),
    "Q307": ("persons_dibao", "persons", put("birth_date", date(1865, 3, 12))),
    "Q308": ("persons_dibao", "persons", put("birth_date", None)),
    "Q309": ("persons_dibao", "persons", put("name_kind", "missing")),
    "Q310": ("persons_dibao", "persons", put("name_kind", "nickname")),
    "Q311": ("persons_dibao", "persons", put("id_number", "522601196808200022")),
    "Q312": ("persons_dibao", "persons", put("county", None)),
    "Q313": ("persons_dibao", "persons", put("is_head", True, where=(1,))),
    "Q314": ("persons_dibao", "persons", crowd),
    "Q315": ("duplicates", "duplicates", one_person),
    "Q401": ("links", "links", put("dibao_record", 1, where=(1,))),
    "Q402": ("links", "links", put("poverty_record", 1, where=(1,))),
    "Q403": ("links", "persons_dibao", lambda frame: frame.slice(1)),
    "Q404": ("links", "persons_poverty", lambda frame: frame.slice(1)),
    "Q405": ("links", "links", put("tier", "sure")),
    "Q406": ("links", "links", put("probability", 1.01)),
    "Q407": ("links", "links", put("probability", 0.49, where=(1,))),
    "Q408": ("links", "links", put("probability", 0.89)),
    "Q409": ("links", "links", again),
    "Q410": ("links", "links", put("why", "  ")),
    "Q411": ("links", "persons_poverty", put("sex", "女")),
    "Q412": ("links", "links", put("probability", 0.009, where=(2,))),
    "Q413": ("links", "links", nothing),
    "Q414": ("links", "links", nothing),
    "Q415": ("links", "quality", put("precision_high", 0.99, where=(1,))),
    "Q416": ("links", "quality_before", put("recall_low", 0.985, where=(1,))),
    "Q417": ("links", "calibration", put("said", 0.75)),
    "Q418": ("links", "judgements", put("state", "conflict")),
    "Q501": ("lists", "dispositions", lambda frame: frame.slice(1)),
    "Q502": ("lists", "dispositions", put("disposition", "maybe")),
    "Q503": ("lists", "tie_outs", put("found", 4)),
    "Q504": ("lists", "tie_outs", nothing),
    "Q505": ("lists", "lists", again),
    "Q506": ("lists", "lists", on_list("keep")),
    "Q507": ("lists", "lists", put("list", "maybe")),
    "Q508": ("lists", "lists", put("why", "")),
    "Q509": ("lists", "links", put("tier", "probable")),
    "Q510": ("lists", "lists", on_list("exit_dibao", "C8", row=1)),
    "Q511": ("lists", "lists", on_list("include_dibao", "C3", row=4)),
    "Q512": ("lists", "lists", on_list("exit_dibao", row=7)),
    "Q513": ("lists", "dispositions", put("disposition", "exit_dibao", where=(1,))),
    "Q514": ("lists", "dispositions", put("disposition", "exit_poverty", where=(4,))),
    "Q515": ("lists", "dispositions", put("disposition", *["include_dibao"] * 3, where=(4, 5, 6))),
    "Q516": ("lists", "dispositions", put("disposition", *["include_poverty"] * 3, where=(0, 1, 2))),
    "Q517": ("lists", "dispositions", put("disposition", *["verify"] * 4, where=(0, 1, 4, 5))),
    "Q601": ("entitlements", "entitlements", put("record", 1, where=(1,))),
    "Q602": ("entitlements", "entitlements", put("why", " ")),
    "Q603": ("entitlements", "entitlements", put("status", "maybe", where=(2,))),
    "Q604": ("entitlements", "entitlement_totals", put("amount", 2999)),
    "Q605": ("entitlements", "entitlement_tie_outs", put("found", 2)),
}  # fmt: skip

ALSO = {
    "Q104": {"Q103"},
    "Q201": {"Q206", "Q208"},
    "Q206": {"Q208"},
    "Q301": {"Q311", "Q313"},
    "Q302": {"Q313"},
    "Q314": {"Q301", "Q311", "Q313"},
    "Q401": {"Q411"},
    "Q402": {"Q411"},
    "Q409": {"Q401", "Q402"},
    "Q413": {"Q414"},
    "Q414": {"Q413"},
    "Q501": {"Q506"},
    "Q502": {"Q506"},
    "Q507": {"Q506"},
    "Q510": {"Q506"},
    "Q511": {"Q506"},
    "Q512": {"Q506", "Q509"},
    "Q513": {"Q506"},
    "Q514": {"Q506"},
    "Q515": {"Q506"},
    "Q516": {"Q506"},
    "Q517": {"Q506"},
    "Q603": {"Q604"},
}
"""What else the same break rightly trips: one wrong row can offend several rules."""


def test_no_rule_lacks_an_example() -> None:
    assert set(BREAKS) == {rule.id for rule in RULES}


@pytest.mark.parametrize(
    "subject",
    [
        "receipts_dibao",
        "records_dibao",
        "persons_dibao",
        "coverage",
        "links",
        "duplicates",
        "lists",
        "entitlements",
    ],
)
def test_registers_in_good_order_pass_every_rule(subject: str) -> None:
    validation = judged(subject, good(subject))
    assert [verdict.message for verdict in validation.verdicts if not verdict.success] == []
    assert validation.success and not validation.blocked
    assert all(v.total > 0 for v in validation.verdicts if v.rule.id not in {"Q510", "Q511"})
    assert validation.violations.is_empty()


@pytest.mark.parametrize("number", sorted(BREAKS))
def test_one_broken_thing_fails_its_rule_and_no_other(number: str) -> None:
    subject, name, spoil = BREAKS[number]
    frames = good(subject)
    frames[name] = spoil(frames[name])
    validation = judged(subject, frames)
    assert broken(validation) == {number} | ALSO.get(number, set())
    verdict = next(verdict for verdict in validation.verdicts if verdict.rule.id == number)
    assert verdict.unexpected >= 1 and not verdict.error
    listed = validation.violations.filter(pl.col("rule") == number)
    assert listed.height == verdict.unexpected
    assert validation.blocked == any(
        verdict.rule.blocking for verdict in validation.verdicts if not verdict.success
    )


def test_a_death_exit_with_a_certain_link_to_the_death_list_passes() -> None:
    frames = good("lists")
    frames["lists"] = on_list("exit_dibao", "C8")(frames["lists"])
    verdict = next(v for v in judged("lists", frames).verdicts if v.rule.id == "Q510")
    assert (verdict.success, verdict.total) == (True, 1)


def test_copies_of_a_person_share_their_links() -> None:
    """Record 5 is a copy of record 1: the death and the certain link of the one are those of the other."""
    frames = good("lists")
    group = pl.DataFrame(
        {
            "register": ["dibao"] * 2,
            "record": [1, 5],
            "group": [1, 1],
            "representative": [True, False],
        }
    )
    for rule, number in (("C8", "Q510"), ("C7", "Q509")):
        frames["lists"] = on_list("exit_dibao", rule, row=3)(good("lists")["lists"])
        frames["links"] = good("links")["links"].vstack(
            pl.DataFrame(
                {
                    "dibao_record": [5],
                    "poverty_record": [4],
                    "tier": ["possible"],
                    "probability": [0.5],
                    "why": ["同名"],
                }
            )
        )
        assert number in broken(judged("lists", frames))
        assert number not in broken(judged("lists", frames | {"duplicates": group}))


def test_a_person_on_both_registers_is_entitled_once() -> None:
    """Record 1 of dibao is record 1 of the poverty list: both may be on a list only as long as one is to be verified."""
    frames = good("entitlements")
    rows = frames["entitlements"]
    partner = rows.filter(register="poverty").with_columns(record=pl.lit(1, pl.Int64))
    frames["entitlements"] = pl.concat([rows.filter(register="dibao"), partner])
    assert "Q601" not in broken(judged("entitlements", frames))
    frames["entitlements"] = frames["entitlements"].with_columns(status=pl.lit("entitled"))
    assert "Q601" in broken(judged("entitlements", frames))


def test_people_made_of_a_household_row_share_it_and_need_no_person_file() -> None:
    frames = good("records_dibao")
    family = (
        records()
        .tail(2)
        .with_columns(source_file=pl.lit("家庭.xlsx"), source_row=pl.lit(2, pl.Int64))
    )
    frames["records"] = pl.concat([frames["records"].head(2), family])
    frames["receipts"] = frames["receipts"].with_columns(
        source_file=pl.Series(["凯里.xlsx", "家庭.xlsx"]),
        kind=pl.Series(["person", "household"]),
        rows_accepted=pl.Series([2, 1]),
    )
    assert broken(judged("records_dibao", frames)) == set()
    assert broken(judged("receipts_dibao", {"receipts": frames["receipts"].tail(1)})) == {"Q103"}


def test_a_birth_date_after_the_batch_is_implausible_only_when_the_batch_is_known() -> None:
    frames = good("persons_dibao")
    frames["persons"] = put("birth_date", date(2018, 8, 16))(frames["persons"])
    assert broken(judged("persons_dibao", frames)) == {"Q307"}
    assert broken(validate("persons_dibao", frames, labels=LABELS)) == set()


def test_registers_whose_files_tell_no_heads_are_not_blamed_for_lacking_them() -> None:
    frames = good("persons_dibao")
    frames["persons"] = everyone("is_head", False)(frames["persons"])
    assert broken(judged("persons_dibao", frames)) == {"Q313"}
    told = ("relation", "head_id", "head_name")
    frames["records"] = frames["records"].with_columns(
        pl.lit(None, pl.String).alias(name) for name in told
    )
    assert broken(judged("persons_dibao", frames)) == set()


def test_names_are_unique_ascii_and_worded() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name.isascii() for name in names)
    assert all(LABELS(rule.wording_key) for rule in RULES)
    for subject in SUBJECTS:
        numbers = [rule.id for rule in rules_for(subject)]
        assert numbers == sorted(set(numbers)) and numbers
        assert frames_for(subject)


def test_empty_optional_registers_warn_and_empty_required_ones_block() -> None:
    for register in REGISTERS:
        weights = {rule.id: rule.severity for rule in rules_for(f"records_{register}")}
        assert weights["Q201"] == ("critical" if register in REQUIRED else "warning")
        assert rules_for(f"receipts_{register}")[0].blocking, "a refused file always blocks"
    assert "Q313" not in {rule.id for rule in rules_for("persons_deaths")}


def test_unknown_subjects_and_missing_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="no subject 'persons'"):
        rules_for("persons")
    with pytest.raises(ValueError, match="needs the frames evidence_links, tie_outs"):
        frames = good("lists")
        del frames["tie_outs"], frames["evidence_links"]
        judged("lists", frames)


def test_importing_the_registry_does_not_import_great_expectations() -> None:
    code = "import sys, expectations.rules, expectations.validate, expectations.data_docs; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
