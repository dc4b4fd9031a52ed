"""The sample, reconciled once for all tests that look at what came out."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tests.end_to_end.command import SAMPLE, Ran, reconcile

ACCURACY = pytest.StashKey[pl.DataFrame]()
FIRST, SECOND = "2018-08-15", "2018-08-30"


@dataclass(frozen=True)
class SampleRun:
    """Both batches of the sample, reconciled one after the other into one output folder."""

    output: Path
    first: Ran
    second: Ran

    @property
    def home(self) -> Path:
        """The Dagster instance the runs are recorded in."""
        return self.output.parent / "dagster_home"

    def release(self, batch: str = FIRST) -> Path:
        """The folder of a release."""
        return self.output / batch

    def data(self, name: str, batch: str = FIRST) -> pl.DataFrame:
        """A frame of a release."""
        return pl.read_parquet(self.release(batch) / "data" / f"{name}.parquet")


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    output = tmp_path_factory.mktemp("sample") / "output"
    first = reconcile(SAMPLE, FIRST, output)
    assert first.code == 0, first.text
    second = reconcile(SAMPLE, SECOND, output)
    assert second.code == 0, second.text
    return SampleRun(output, first, second)


def truth(register: str, batch: str = FIRST) -> pl.DataFrame:
    """The known truth of one register of the sample, one row a received row."""
    return pl.read_parquet(SAMPLE / "truth" / batch / f"{register}.parquet")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show how right the links of the sample are, overall and by the error planted in a row."""
    table = terminalreporter.config.stash.get(ACCURACY, None)
    if table is None:
        return
    terminalreporter.section("links of the sample against its truth")
    for tiers, *figures in table.filter(pl.col("error_class") == "all").select(
        "tiers", "links", "precision", "people", "recall"
    ).iter_rows():  # fmt: skip
        line = "{:<18} links {:>6,}  precision {:.5f}  people {:>6,}  recall {:.5f}"
        terminalreporter.write_line(line.format(tiers, *figures))
    recall = table.filter(pl.col("error_class") != "all").pivot(
        "tiers", index=["error_class", "people"], values="recall"
    )
    terminalreporter.write_line("")
    columns = ["certain", "certain_probable", "with_possible"]
    terminalreporter.write_line("recall by error     people  certain  +probable  +possible")
    for error, people, *values in recall.select("error_class", "people", *columns).iter_rows():
        terminalreporter.write_line(
            f"{error:<22}{people:>4}  {values[0]:>7.3f}  {values[1]:>9.3f}  {values[2]:>9.3f}"
        )
