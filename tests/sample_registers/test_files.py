"""The files: remade alike, of every shape, with truth rows that point at the right rows."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from sample_registers.generator.write import write_sample
from tests.sample_registers.conftest import BATCHES, REGISTERS
from tests.sample_registers.reading import persons, sheets


def files_below(folder: Path) -> list[str]:
    found = [
        p
        for batch in BATCHES
        for part in (batch, f"truth/{batch}")
        for p in (folder / part).rglob("*")
    ]
    return sorted(str(p.relative_to(folder)) for p in found if p.is_file())


def test_the_committed_sample_is_what_the_generator_makes(committed: Path, remade: Path) -> None:
    assert files_below(committed) == files_below(remade)
    for name in files_below(remade):
        one, other = committed / name, remade / name
        if one.read_bytes() == other.read_bytes():
            continue
        if name.endswith(".parquet"):
            assert pl.read_parquet(one).equals(pl.read_parquet(other)), name
        else:  # a compressor of another version may pack the same cells into other bytes
            assert sheets(one) == sheets(other), name


@pytest.mark.parametrize(("file_format", "seeds"), [("files", (3, 3)), ("parquet", (3, 3, 4))])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path, file_format: str, seeds: tuple[int, ...]
) -> None:
    digests: dict[int, set[tuple[str, ...]]] = {}
    for place, seed in enumerate(seeds):
        output = tmp_path / str(place)
        write_sample(output, people=600, seed=seed, profile="sample", file_format=file_format)
        names = files_below(output)
        bytes_of = tuple(hashlib.sha256((output / name).read_bytes()).hexdigest() for name in names)
        digests.setdefault(seed, set()).add(bytes_of)
    assert all(len(found) == 1 for found in digests.values())
    assert len(set.union(*digests.values())) == len(set(seeds))


def test_the_committed_sample_is_small_and_has_every_shape(committed: Path) -> None:
    names = files_below(committed)
    assert sum((committed / name).stat().st_size for name in names) < 10_000_000
    texts = [(committed / name).read_bytes() for name in names if name.endswith(".csv")]
    marked = [raw for raw in texts if raw.startswith(b"\xef\xbb\xbf")]
    assert len(marked) >= 4
    for raw in texts:
        if raw not in marked:
            raw.decode("gb18030")
            with pytest.raises(UnicodeDecodeError):
                raw.decode("utf-8")
    assert {Path(name).suffix for name in names} == {".csv", ".xls", ".xlsx", ".parquet"}


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("register", REGISTERS)
def test_every_person_row_has_one_truth_row_and_no_other(
    remade: Path, batch: str, register: str
) -> None:
    beside = pl.read_parquet(remade / "truth" / batch / f"{register}.parquet")
    places = list(beside.select("source_file", "source_sheet", "source_row").iter_rows())
    read = persons(remade / batch / register)
    assert len(places) == len(set(places)) > 0
    # a blank name cell cannot be told from a blank row, but no mistake leaves the name blank
    assert set(places) == set(read)


@pytest.mark.parametrize("batch", BATCHES)
def test_truth_joins_rows_of_one_person(remade: Path, batch: str) -> None:
    """Rows of one person without a mistake of name or number agree in every register."""
    seen: dict[int, tuple[object, object]] = {}
    compared = 0
    for register in REGISTERS:
        read = persons(remade / batch / register)
        beside = pl.read_parquet(remade / "truth" / batch / f"{register}.parquet")
        for row in beside.iter_rows(named=True):
            if any(error.startswith(("id_", "name_")) for error in row["errors"]):
                continue
            cells = read[row["source_file"], row["source_sheet"], row["source_row"]]
            compared += row["person"] in seen
            assert seen.setdefault(row["person"], cells) == cells
    assert compared > 3000


def test_numbers_typed_as_numbers_are_numbers_in_workbooks(remade: Path) -> None:
    beside = pl.read_parquet(remade / "truth" / BATCHES[0] / "poverty.parquet")
    read = persons(remade / BATCHES[0] / "poverty")
    kinds: dict[bool, set[type]] = {True: set(), False: set()}
    for row in beside.iter_rows(named=True):
        if row["source_sheet"] is not None:
            cell = read[row["source_file"], row["source_sheet"], row["source_row"]][1]
            kinds["id_typed_as_number" in row["errors"]].add(type(cell))
    assert kinds == {True: {float}, False: {str}}


def test_the_household_file_packs_the_members_of_the_person_file(remade: Path) -> None:
    folder = remade / BATCHES[0] / "dibao"
    (household,) = (path for path in folder.iterdir() if "家庭" in path.name)
    header, *rows = sheets(household)["家庭查询"]
    packed = [str(row[header.index("家庭成员姓名")]).split("、") for row in rows]
    person_file = household.name.replace("家庭", "人员")
    names = sorted(
        str(name) for (file, _, _), (name, _) in persons(folder).items() if file == person_file
    )
    assert sorted(name for names_of in packed for name in names_of) == names
    assert "家庭年均收入（元）" not in sheets(folder / person_file)["Sheet1"][0]


def test_workbooks_have_titles_totals_hidden_and_township_sheets(remade: Path) -> None:
    folder = remade / BATCHES[0] / "dibao"
    tables = {path.name: sheets(path) for path in folder.iterdir() if path.suffix == ".xlsx"}
    (by_town,) = (tables[name] for name in tables if len(tables[name]) > 2)
    assert "字典" in by_town
    town = next(rows for name, rows in by_town.items() if name != "字典")
    assert "花名册" in str(town[0][0])
    assert town[-2][0] == "合计"
    assert str(town[-1][0]).startswith("填表人")
    grouped = [
        rows for table in tables.values() for rows in table.values() if "人员基本信息" in rows[1]
    ]
    assert grouped
    assert "身份证号" in grouped[0][2]


@pytest.mark.parametrize(
    "wrong", [{"profile": "easy"}, {"file_format": "csv"}, {"people": 10}], ids=str
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    wanted = {"people": 1200, "seed": 1, "profile": "sample", "file_format": "parquet"} | wrong
    with pytest.raises(ValueError, match=r"profile|format|people"):
        write_sample(tmp_path / "out", **wanted)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()
