"""What the receipts of the sample tell the offices, held against the records by pandas."""

from pathlib import Path

import polars as pl
import pytest

from reconciliation.registers.schema import LINEAGE, REQUIRED
from tests.end_to_end.conftest import FIRST, SECOND, SampleRun
from tests.publishing.page import read_page


def folder(run: SampleRun, batch: str = FIRST) -> Path:
    (found,) = (run.output / "receipts" / batch).iterdir()
    return found


def rows(frame: pl.DataFrame) -> set[tuple[object, ...]]:
    return set(frame.select(LINEAGE).iter_rows())


@pytest.mark.parametrize("register", REQUIRED)
def test_each_blank_number_and_each_copy_is_told_at_its_place(
    sample_run: SampleRun, register: str
) -> None:
    found = pl.read_parquet(folder(sample_run) / f"defects_{register}.parquet")
    records = sample_run.data(f"records_{register}").filter(pl.col("rejected").is_null())
    taken = records.to_pandas()
    blank = taken["id_number"].fillna("").str.strip() == ""
    told = found.filter(pl.col("rule") == "Q303")
    assert told.height >= int(blank.sum()) > 0
    assert rows(told) >= rows(records.filter(pl.Series(blank)))
    whole = taken["id_number"].fillna("").str.count("[0-9]") >= 15
    assert rows(told).isdisjoint(rows(records.filter(pl.Series(whole))))
    content = [name for name in taken.columns if name not in ("record", "rejected", *LINEAGE)]
    copies = taken[taken.duplicated(content, keep="first")]
    told = found.filter(pl.col("rule") == "Q209")
    assert told.height == len(copies) > 0
    by_file = dict(told.group_by("source_file").len().iter_rows())
    assert by_file == copies.groupby("source_file").size().to_dict()


@pytest.mark.parametrize("register", REQUIRED)
def test_people_the_linkage_finds_on_two_rows_are_told(
    sample_run: SampleRun, register: str
) -> None:
    found = pl.read_parquet(folder(sample_run) / f"defects_{register}.parquet")
    groups = sample_run.data("duplicates").filter(pl.col("register") == register)
    places = sample_run.data(f"records_{register}").join(groups, on="record", how="semi")
    told = found.filter(pl.col("rule") == "Q315")
    assert rows(told) == rows(places) != set()
    assert told["detail"].str.contains("第 [0-9]+ 行是同一人").all()


def test_the_receipts_count_what_the_release_holds(sample_run: SampleRun) -> None:
    stored = [
        pl.read_parquet(path) for path in sorted(folder(sample_run).glob("defects_*.parquet"))
    ]
    keys = ["register", *LINEAGE, "rule", "detail"]
    released = sample_run.data("defects").sort(keys, nulls_last=True)
    assert pl.concat(stored).sort(keys, nulls_last=True).equals(released)


def test_every_file_with_rows_to_mend_has_a_book_the_page_leads_to(sample_run: SampleRun) -> None:
    where = folder(sample_run)
    links = set(read_page(where / "receipts.html").links)
    assert all((where / link).is_file() for link in links)
    for register, name in (("dibao", "农村低保"), ("poverty", "建档立卡")):
        files = pl.read_parquet(where / f"defects_{register}.parquet")["source_file"].n_unique()
        assert sum(link.startswith(f"{name}/") for link in links) == files > 1


def test_every_county_of_the_sample_came_and_the_second_batch_is_compared(
    sample_run: SampleRun,
) -> None:
    for batch in (FIRST, SECOND):
        made = sample_run.data("coverage", batch)
        assert set(made.filter(pl.col("register").is_in(REQUIRED))["status"]) == {"received"}
        for register in REQUIRED:
            taken = sample_run.data(f"records_{register}", batch).filter(
                pl.col("rejected").is_null()
            )
            assert made.filter(register=register)["rows"].sum() == taken.height
    first, second = (
        sample_run.data("coverage", batch).filter(register="dibao") for batch in (FIRST, SECOND)
    )
    assert first["rows_before"].null_count() == first.height
    assert second["rows_before"].to_list() == first["rows"].to_list()
