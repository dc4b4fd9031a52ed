"""The sample, reconciled once for all tests that look at what came out."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tests.end_to_end.command import SAMPLE, Ran, reconcile

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
