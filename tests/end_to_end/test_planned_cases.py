"""People whom the sample's generator planned as a case of the policy land on that case's list.

The plan follows from what is true of them; an error planted in their rows may rightly lead elsewhere (a damaged ID to `verify`, a
blank income to `verify`), so it is the undamaged rows that must agree nearly always. One town sends a bare list without incomes and
places, of which nothing can be proposed.
"""

import polars as pl
import pytest

from tests.end_to_end.conftest import SampleRun, truth

SOURCE = ["source_file", "source_sheet", "source_row"]
PLANNED = [
    ("dibao", "C1", {"keep"}),
    ("dibao", "C5", {"include_poverty"}),
    ("dibao", "C6", {"no_action"}),
    ("dibao", "C7", {"exit_dibao"}),
    ("dibao", "C7b", {"exit_dibao"}),
    ("dibao", "C8", {"exit_dibao"}),
    ("dibao", "C11", {"duplicate"}),
    ("dibao", "C13", {"household_review"}),
    ("dibao", "C18", {"verify"}),
    ("dibao", "verify_protected", {"verify"}),
    ("dibao", "verify_unknown", {"verify"}),
    ("dibao", "verify_incomes_differ", {"verify"}),
    ("poverty", "C1", {"keep"}),
    ("poverty", "C3", {"include_dibao"}),
    ("poverty", "C3b", {"include_dibao"}),
    ("poverty", "C4", {"no_action"}),
    ("poverty", "C7", {"keep"}),
    ("poverty", "C8", {"exit_poverty"}),
    ("poverty", "C10", {"household_review"}),
    ("poverty", "C11", {"duplicate"}),
    ("poverty", "C17", {"no_action"}),
    ("poverty", "C18", {"verify"}),
    ("poverty", "served_tekun", {"no_action"}),
    ("poverty", "verify_unknown", {"verify"}),
]
WRONG_FIELDS = ["flag_wrong", "household_type_wrong"]
"""Errors that by themselves send a row to `correct`."""


def judged(sample_run: SampleRun, register: str) -> pl.DataFrame:
    """Disposition and plan of every recorded row of a register but those of the bare list."""
    bare = sample_run.data("switched_off").filter(pl.col("field") == "income_per_capita")
    return (
        sample_run.data("dispositions")
        .filter(pl.col("register") == register)
        .join(truth(register), on=SOURCE, nulls_equal=True, validate="1:1")
        .filter(~pl.col("source_file").is_in(bare["source_file"].implode()))
    )


@pytest.mark.parametrize(("register", "case", "lists"), PLANNED)
def test_a_planned_case_lands_on_its_list(
    sample_run: SampleRun, register: str, case: str, lists: set[str]
) -> None:
    planned = judged(sample_run, register).filter(pl.col("planned_case") == case)
    sound = planned.filter(pl.col("errors").list.set_intersection(WRONG_FIELDS).list.len() == 0)
    assert sound.height >= 20
    agree = sound["disposition"].is_in(list(lists)).mean()
    assert agree is not None
    assert agree >= 0.85, sound.group_by("disposition", "rule").len().sort("len")


@pytest.mark.parametrize("register", ["dibao", "poverty"])
def test_nobody_planned_to_stay_is_proposed_for_exit(sample_run: SampleRun, register: str) -> None:
    """A wrong exit takes a poor family's income away: whatever the errors in the rows, not one."""
    stay = judged(sample_run, register).filter(
        pl.col("planned_case").is_in(["C1", "C3", "C3b", "C3s", "C4", "C5", "C6", "C17"])
    )
    proposed = stay.filter(pl.col("disposition").is_in(["exit_dibao", "exit_poverty"]))
    assert stay.height > 3000
    assert proposed.group_by("planned_case", "rule").len().rows() == []
