"""A file that has not changed is not parsed again, whatever it is called; what has changed, or is damaged, is."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reconciliation.intake import cache
from reconciliation.intake.cache import KEPT_DAYS, PARSER
from reconciliation.intake.processes import ParsingProcess
from reconciliation.intake.receipts import files_read
from reconciliation.intake.register import Intake, read_register
from reconciliation.intake.settings import IntakeSettings
from reconciliation.registers.headers import HeaderAliases
from tests.intake.offices import HEADERS, LABELS, LEAN, SETTINGS, person_id, text_file, workbook

DAY = 86_400
ONE = SETTINGS.model_copy(update={"workers": 1})


def people(first: int) -> list[list[Any]]:
    return [[i, f"田{i}", person_id(i), "农村低保", "A", ""] for i in range(first, first + 5)]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    folder = tmp_path / "dibao"
    typed = [9, "罗", float(person_id(9)), "农村低保", "A", True]
    workbook(folder / "甲县.xlsx", {"一镇": [LEAN, *people(1), typed], "二镇": [LEAN, *people(20)]})
    text_file(folder / "乙县.csv", [LEAN, *people(40)])
    return folder


@pytest.fixture
def grids(tmp_path: Path) -> Path:
    return tmp_path / ".intake"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files that were really given to a parsing process."""
    names: list[str] = []
    do = ParsingProcess.do

    def noted(self: ParsingProcess, job: dict[str, Any], seconds: float) -> None:
        names.append(Path(job["path"]).name)
        do(self, job, seconds)

    monkeypatch.setattr(ParsingProcess, "do", noted)
    yield names


def read(
    folder: Path,
    grids: Path | None,
    settings: IntakeSettings = ONE,
    headers: HeaderAliases = HEADERS,
) -> Intake:
    return read_register(
        folder, "dibao", headers=headers, settings=settings, labels=LABELS, grids=grids
    )


def entries(grids: Path) -> list[Path]:
    return sorted((grids / "grids").iterdir())


def test_a_second_run_reads_nothing_and_says_so(
    register: Path, grids: Path, parsed: list[str]
) -> None:
    first = read(register, grids)
    assert sorted(parsed) == ["乙县.csv", "甲县.xlsx"]
    assert files_read(first.receipts) == (2, 0)
    parsed.clear()
    second = read(register, grids)
    assert parsed == []
    assert files_read(second.receipts) == (0, 2)
    assert second.receipts["reused"].to_list() == [True, True, True]
    assert_frame_equal(second.records, first.records)
    assert_frame_equal(second.receipts.drop("reused"), first.receipts.drop("reused"))


def test_progress_says_which_files_were_reused(register: Path, grids: Path) -> None:
    read(register, grids)
    workbook(register / "丙县.xlsx", {"Sheet1": [LEAN, *people(70)]})
    told: list[tuple[str, bool]] = []
    read_register(
        register, "dibao", headers=HEADERS, settings=ONE, labels=LABELS, grids=grids,
        on_file=lambda file, reused, _done, _total: told.append((file, reused)),
    )  # fmt: skip
    assert sorted(told) == [("丙县.xlsx", False), ("乙县.csv", True), ("甲县.xlsx", True)]


def test_a_file_under_another_name_is_the_same_file(
    register: Path, grids: Path, parsed: list[str]
) -> None:
    before = read(register, grids)
    (register / "九月").mkdir()
    (register / "甲县.xlsx").rename(register / "九月" / "甲县（新）.xlsx")
    parsed.clear()
    after = read(register, grids)
    assert parsed == []
    assert "九月/甲县（新）.xlsx" in after.records["source_file"].to_list()
    assert_frame_equal(after.records.drop("source_file"), before.records.drop("source_file"))


def test_the_extension_is_part_of_what_a_file_is(register: Path, grids: Path) -> None:
    read(register, grids)
    (register / "乙县.csv").rename(register / "乙县.xls")
    receipts = read(register, grids).receipts
    assert receipts.filter(source_file="乙县.xls")["status"].to_list() == ["refused"]


def test_only_a_changed_file_is_read_again(register: Path, grids: Path, parsed: list[str]) -> None:
    read(register, grids)
    text_file(register / "乙县.csv", [LEAN, *people(50)])
    parsed.clear()
    after = read(register, grids)
    assert parsed == ["乙县.csv"]
    assert files_read(after.receipts) == (1, 1)
    assert person_id(54) in after.records["id_number"].to_list()
    assert person_id(44) not in after.records["id_number"].to_list()


def test_two_equal_files_in_one_run_were_not_read_by_an_earlier_one(
    register: Path, grids: Path
) -> None:
    (register / "乙县副本.csv").write_bytes((register / "乙县.csv").read_bytes())
    assert files_read(read(register, grids).receipts) == (3, 0)
    assert files_read(read(register, grids).receipts) == (0, 3)


def test_other_headers_take_effect_on_a_file_that_was_read_before(
    register: Path, grids: Path, parsed: list[str]
) -> None:
    read(register, grids)
    fields = {field: tuple(spellings) for field, spellings in HEADERS.common.items()}
    fields["id_number"] = ("公民身份号码",)
    other = HEADERS.model_copy(update={"common": fields})
    parsed.clear()
    changed = HeaderAliases.model_validate(other.model_dump())
    assert set(read(register, grids, headers=changed).receipts["status"]) == {"refused"}
    assert parsed == []


@pytest.mark.parametrize("limit", ["max_rows", "zip_ratio", "memory_bytes"])
def test_under_other_limits_a_file_is_read_again(
    register: Path, grids: Path, parsed: list[str], limit: str
) -> None:
    read(register, grids)
    parsed.clear()
    value = getattr(SETTINGS, limit)
    read(register, grids, ONE.model_copy(update={limit: value - 1}))
    assert len(parsed) == 2


def test_another_version_of_the_program_reads_again(
    register: Path, grids: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(register, grids)
    parsed.clear()
    monkeypatch.setattr(cache, "version", lambda library: f"{library} of tomorrow")
    cache._parser_digest.cache_clear()
    try:
        read(register, grids)
    finally:
        cache._parser_digest.cache_clear()
    assert len(parsed) == 2


def test_every_module_of_the_parsing_process_counts_as_the_program() -> None:
    """A module that is missing from the list could change what a file is read as, and old grids would stay."""
    parsers = ["worker", "spreadsheets", "delimited", "columnar"]
    script = (
        "import importlib, sys\n"
        f"for name in {parsers}: importlib.import_module('reconciliation.intake.' + name)\n"
        "print(*(name for name in sys.modules if name.startswith('reconciliation.')))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    loaded = {name.rpartition(".")[2] for name in shown.split()} - {"intake"}
    assert loaded == set(PARSER)


def truncate(entry: Path) -> None:
    grid = entry / "0.arrow"
    grid.write_bytes(grid.read_bytes()[:-7])


def flip(entry: Path) -> None:
    grid = entry / "0.arrow"
    data = bytearray(grid.read_bytes())
    data[len(data) // 2] ^= 1
    grid.write_bytes(data)


def lose_grid(entry: Path) -> None:
    (entry / "0.arrow").unlink()


def lose_entry(entry: Path) -> None:
    (entry / "entry.json").unlink()


def rewrite(entry: Path) -> None:
    about = entry / "entry.json"
    about.write_bytes(about.read_bytes().replace(b'"skipped": null', b'"skipped": "hidden"'))


def empty(entry: Path) -> None:
    (entry / "entry.json").write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, flip, lose_grid, lose_entry, rewrite, empty])
def test_what_is_damaged_is_never_trusted_but_read_again_and_mended(
    register: Path, grids: Path, parsed: list[str], damage: Callable[[Path], None]
) -> None:
    before = read(register, grids)
    for entry in entries(grids):
        damage(entry)
    parsed.clear()
    after = read(register, grids)
    assert len(parsed) == 2
    assert_frame_equal(after.records, before.records)
    assert files_read(read(register, grids).receipts) == (0, 2)


def test_only_the_owner_may_look(register: Path, grids: Path) -> None:
    before = os.umask(0)
    try:
        read(register, grids)
    finally:
        os.umask(before)
    kept = [grids, *grids.rglob("*")]
    assert any(path.suffix == ".arrow" for path in kept)
    for path in kept:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_what_nobody_asked_for_in_a_while_is_removed(register: Path, grids: Path) -> None:
    read(register, grids)
    text_file(register / "乙县.csv", [LEAN, *people(50)])
    assert len(entries(grids)) == 2
    old = time.time() - (KEPT_DAYS + 1) * DAY
    for entry in entries(grids):
        os.utime(entry, (old, old))
    receipts = read(register, grids).receipts
    assert files_read(receipts) == (1, 1)  # used now: kept, however old
    assert len(entries(grids)) == 2
    assert files_read(read(register, grids).receipts) == (0, 2)


def test_what_was_asked_for_lately_stays_though_it_is_gone_from_the_folder(
    register: Path, grids: Path
) -> None:
    read(register, grids)
    lately = time.time() - (KEPT_DAYS - 1) * DAY
    for entry in entries(grids):
        os.utime(entry, (lately, lately))
    away = (register / "乙县.csv").rename(register.parent / "乙县.csv")
    read(register, grids)
    away.rename(register / "乙县.csv")
    assert files_read(read(register, grids).receipts) == (0, 2)


def test_leftovers_of_a_killed_run_go_and_the_work_of_a_living_one_stays(
    register: Path, grids: Path
) -> None:
    read(register, grids)
    dead, living = grids / "work" / "dead", grids / "work" / "living"
    for folder in (dead, living):
        (folder / "file").mkdir(parents=True)
        (folder / "file" / "0.arrow").write_bytes(b"people")
    held = os.open(living, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        read(register, grids)
        assert [path.name for path in (grids / "work").iterdir()] == ["living"]
        assert (living / "file" / "0.arrow").exists()
    finally:
        os.close(held)
    read(register, grids)
    assert list((grids / "work").iterdir()) == []


def test_several_runs_may_share_a_folder(register: Path, grids: Path) -> None:
    grids.mkdir(mode=0o700)
    alone = read(register, None).records
    with ThreadPoolExecutor(4) as pool:
        for intake in pool.map(lambda _: read(register, grids), range(8)):
            assert_frame_equal(intake.records, alone)
    assert len(entries(grids)) == 2
    assert files_read(read(register, grids).receipts) == (0, 2)


def test_a_refusal_is_kept_where_the_file_is_the_reason_and_only_there(
    tmp_path: Path, grids: Path, parsed: list[str]
) -> None:
    folder = tmp_path / "dibao"
    workbook(folder / "good.xlsx", {"Sheet1": [LEAN, *people(1)]})
    (folder / "broken.xlsx").write_bytes((folder / "good.xlsx").read_bytes()[:-200])
    first = read(folder, grids)
    parsed.clear()
    second = read(folder, grids)
    assert parsed == []
    assert second.receipts["status"].to_list() == ["refused", "accepted"]
    assert_frame_equal(second.receipts.drop("reused"), first.receipts.drop("reused"))
    hasty = ONE.model_copy(update={"max_columns": 400, "timeout_seconds": 0.001})
    assert set(read(folder, grids, hasty).receipts["status"]) == {"refused"}
    patient = hasty.model_copy(update={"timeout_seconds": 60})
    assert "accepted" in read(folder, grids, patient).receipts["status"].to_list()


def test_a_file_that_changes_while_it_is_read_is_refused_and_not_kept(
    register: Path, grids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do = ParsingProcess.do

    def growing(self: ParsingProcess, job: dict[str, Any], seconds: float) -> None:
        do(self, job, seconds)
        if job["suffix"] == ".csv":
            with Path(job["path"]).open("ab") as file:
                file.write(b"6,x,,,,\n")

    monkeypatch.setattr(ParsingProcess, "do", growing)
    receipts = read(register, grids).receipts
    changed = receipts.filter(source_file="乙县.csv")
    assert changed["status"].to_list() == ["refused"]
    assert "被改动" in changed["message"][0]
    assert len(entries(grids)) == 1


def test_a_full_disk_keeps_nobody_from_reading(
    register: Path, grids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "_write_entry", no_room)
    intake = read(register, grids)
    assert set(intake.receipts["status"]) == {"accepted"}
    assert entries(grids) == []
    assert list((grids / "work").iterdir()) == []


def test_nothing_is_kept_unless_a_folder_is_named(register: Path, parsed: list[str]) -> None:
    first, second = read(register, None), read(register, None)
    assert len(parsed) == 4
    assert files_read(second.receipts) == (2, 0)
    assert_frame_equal(first.records, second.records)
    kinds = first.records.filter(pl.col("name") == "罗")["id_number_kind"]
    assert kinds.to_list() == ["number"]
