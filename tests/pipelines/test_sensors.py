"""The sensor starts a batch when its folder is marked ready, once for the same files."""

from pathlib import Path

import dagster as dg
import pytest

from assets.workspace import Workspace
from pipelines.definitions import build_defs


@pytest.fixture
def registers(tmp_path: Path) -> Path:
    folder = tmp_path / "registers" / "2018-08-15" / "dibao"
    folder.mkdir(parents=True)
    (folder / "list.csv").write_text("姓名,身份证号\n", encoding="utf-8")
    return tmp_path / "registers"


def tick(registers: Path, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    workspace = Workspace(registers=str(registers), output=str(registers.parent / "output"))
    sensor = build_defs(workspace).resolve_sensor_def("batch_folder_ready")
    with dg.build_sensor_context(cursor=cursor) as context:
        result = sensor(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def ready(registers: Path) -> None:
    (registers / "2018-08-15" / ".ready").touch()


def test_without_the_marker_nothing_runs_and_the_reason_names_the_batch(registers: Path) -> None:
    result = tick(registers)
    assert isinstance(result, dg.SkipReason)
    assert "2018-08-15" in str(result.skip_message)


def test_with_the_marker_the_batch_runs(registers: Path) -> None:
    ready(registers)
    result = tick(registers)
    assert isinstance(result, dg.SensorResult)
    assert [request.partition_key for request in result.run_requests or ()] == ["2018-08-15"]


def test_the_same_files_are_not_run_again(registers: Path) -> None:
    ready(registers)
    first = tick(registers)
    assert isinstance(first, dg.SensorResult)
    assert isinstance(tick(registers, first.cursor), dg.SkipReason)


def test_a_changed_file_gets_another_run_key(registers: Path) -> None:
    ready(registers)
    first = tick(registers)
    assert isinstance(first, dg.SensorResult)
    (registers / "2018-08-15" / "dibao" / "list.csv").write_text("姓名,身份证\n", encoding="utf-8")
    second = tick(registers, first.cursor)
    assert isinstance(second, dg.SensorResult)
    keys = [(result.run_requests or [])[0].run_key for result in (first, second)]
    assert keys[0] != keys[1]


def test_touching_a_file_asks_again_but_with_the_same_run_key(registers: Path) -> None:
    """Dagster runs a key once, so a copy with new times but the same contents is not reconciled twice."""
    ready(registers)
    first = tick(registers)
    assert isinstance(first, dg.SensorResult)
    file = registers / "2018-08-15" / "dibao" / "list.csv"
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content)
    second = tick(registers, first.cursor)
    assert isinstance(second, dg.SensorResult)
    keys = [(result.run_requests or [])[0].run_key for result in (first, second)]
    assert keys[0] == keys[1]


def test_a_published_batch_does_not_run_again(registers: Path) -> None:
    ready(registers)
    (registers.parent / "output" / "2018-08-15").mkdir(parents=True)
    assert isinstance(tick(registers), dg.SkipReason)
