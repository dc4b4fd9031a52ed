"""The commands besides `reconcile`."""

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from pipelines.command_line import main


def test_sample_writes_registers_of_the_size_asked_for_and_their_truth(tmp_path: Path) -> None:
    arguments = ["sample", "--people", "1500", "--format", "parquet", "--output", str(tmp_path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    rows = {
        register: sum(
            pl.read_parquet(path).height for path in (tmp_path / "2018-08-15" / register).iterdir()
        )
        for register in ("dibao", "poverty")
    }
    assert 1000 < sum(rows.values()) < 2000
    for register, count in rows.items():
        truth = pl.read_parquet(tmp_path / "truth" / "2018-08-15" / f"{register}.parquet")
        assert truth.height == count


def test_sample_refuses_too_few_people_without_a_traceback(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["sample", "--people", "5", "--output", str(tmp_path)])
    assert result.exit_code == 2
    assert "600" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--help"], ["reconcile", "--help"], ["sample", "--help"]])
def test_help_says_what_a_command_does(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert "register" in result.output.lower()
