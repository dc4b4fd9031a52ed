"""A large sheet is written by two processes: nobody may see that in what was read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconciliation.intake import grids
from reconciliation.intake.grids import write_grids
from reconciliation.intake.refusals import RefusedError

HEIGHT, WIDTH = 10_001, 3
LONGEST = 40


def cells(row: int) -> tuple[Any, ...]:
    return (f"第{row}行", float(row), "" if row % 7 else "备注")


def rows() -> Iterator[tuple[Any, ...]]:
    return (cells(row) for row in range(HEIGHT))


def read(folder: Path, files: list[str]) -> pl.DataFrame:
    return pl.concat([pl.read_ipc(folder / file) for file in files])


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "_WORTH_A_SECOND", HEIGHT * WIDTH)


@pytest.mark.usefixtures("_large")
def test_a_sheet_of_two_halves_has_every_row_once_and_in_its_place(tmp_path: Path) -> None:
    halves = write_grids(tmp_path / "0.arrow", rows, (HEIGHT, WIDTH), LONGEST)
    assert len(halves) == 2
    grid = read(tmp_path, halves)
    assert grid["t0"].to_list() == [f"第{row}行" for row in range(HEIGHT)]
    assert grid["t1"].to_list() == [str(row) for row in range(HEIGHT)]


@pytest.mark.usefixtures("_large")
@pytest.mark.parametrize("row", [17, HEIGHT - 5])
def test_a_cell_that_is_too_long_is_named_by_its_row_in_either_half(
    tmp_path: Path, row: int
) -> None:
    def with_one_too_long() -> Iterator[tuple[Any, ...]]:
        return (
            ("长" * (LONGEST + 1),) if number == row else cells(number) for number in range(HEIGHT)
        )

    with pytest.raises(RefusedError) as refusal:
        write_grids(tmp_path / "0.arrow", with_one_too_long, (HEIGHT, WIDTH), LONGEST)
    assert refusal.value.reason == "cell_too_long"
    assert refusal.value.values["row"] == row + 1


def test_a_small_sheet_is_one_file(tmp_path: Path) -> None:
    assert write_grids(tmp_path / "0.arrow", rows, (HEIGHT, WIDTH), LONGEST) == ["0.arrow"]
