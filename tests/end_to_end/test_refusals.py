"""What cannot be done is refused with the right exit code, a clear message and no traceback; nothing is published."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.end_to_end.command import Ran, reconcile

BATCH = "2018-08-15"
DIBAO = "姓名,身份证号,户主身份证号,与户主关系,所属区县,所属街道,所属社区\n测试甲,522401196001011238,522401196001011238,户主,青禾县,上坝镇,新寨村\n"
POVERTY = "姓名,证件号码,户编号,与户主关系,县,乡,行政村\n测试甲,522401196001011238,1,户主,青禾县,上坝镇,新寨村\n"


@pytest.fixture
def registers(tmp_path: Path) -> Path:
    for register, text in (("dibao", DIBAO), ("poverty", POVERTY)):
        folder = tmp_path / "registers" / BATCH / register
        folder.mkdir(parents=True)
        (folder / "list.csv").write_text(text, encoding="utf-8")
    return tmp_path / "registers"


def assert_refused(ran: Ran, code: int, output: Path, *words: str) -> None:
    assert ran.code == code, ran.text
    assert "Traceback" not in ran.text
    for word in words:
        assert word in ran.text, ran.text
    assert not (output / BATCH).exists()


def test_two_tiny_registers_are_reconciled(registers: Path, tmp_path: Path) -> None:
    """The refusals below are not refused for another reason."""
    ran = reconcile(registers, BATCH, tmp_path / "output")
    assert ran.code == 0, ran.text
    links = pl.read_parquet(tmp_path / "output" / BATCH / "data" / "links.parquet")
    assert links["tier"].to_list() == ["certain"]


def test_a_missing_register_is_bad_usage(registers: Path, tmp_path: Path) -> None:
    (registers / BATCH / "poverty" / "list.csv").unlink()
    ran = reconcile(registers, BATCH, tmp_path / "output")
    assert_refused(ran, 2, tmp_path / "output", "poverty")


def test_an_unknown_batch_is_bad_usage(registers: Path, tmp_path: Path) -> None:
    ran = reconcile(registers, "2018-08-16", tmp_path / "output")
    assert_refused(ran, 2, tmp_path / "output", "2018-08-16", BATCH)


def test_an_existing_release_is_bad_usage(registers: Path, tmp_path: Path) -> None:
    (tmp_path / "output" / BATCH).mkdir(parents=True)
    ran = reconcile(registers, BATCH, tmp_path / "output")
    assert ran.code == 2
    assert "--revise" in ran.text
    assert list((tmp_path / "output" / BATCH).iterdir()) == []


def test_an_unknown_config_key_is_bad_usage(registers: Path, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "campaign.yaml").write_text("titel: x\n", encoding="utf-8")
    ran = reconcile(registers, BATCH, tmp_path / "output", "--config", config)
    assert_refused(ran, 2, tmp_path / "output", "campaign.yaml", "titel")


def headerless(path: Path) -> None:
    path.write_text("测试甲,522401196001011238\n测试乙,522401196201011216\n", encoding="utf-8")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def broken(path: Path) -> None:
    path.with_suffix(".xlsx").write_bytes(b"PK\x03\x04 not a workbook")


@pytest.mark.parametrize(
    ("spoil", "name"), [(headerless, "bad.csv"), (empty, "bad.csv"), (broken, "bad.xlsx")]
)
def test_a_bad_file_blocks_the_batch_and_gets_a_receipt(
    registers: Path, tmp_path: Path, spoil: Callable[[Path], None], name: str
) -> None:
    spoil(registers / BATCH / "dibao" / "bad.csv")
    ran = reconcile(registers, BATCH, tmp_path / "output")
    assert_refused(ran, 1, tmp_path / "output", name)
    assert "测试甲" not in ran.text
    receipts = pl.concat(
        pl.read_parquet(path)
        for path in (tmp_path / "output" / "receipts" / BATCH).rglob("*receipts_dibao.parquet")
    )
    status = dict(receipts.select("source_file", "status").iter_rows())
    assert status == {"list.csv": "accepted", name: "refused"}


def test_a_list_with_a_header_and_no_row_blocks_the_batch(registers: Path, tmp_path: Path) -> None:
    (registers / BATCH / "dibao" / "list.csv").write_text(
        DIBAO.splitlines()[0] + "\n", encoding="utf-8"
    )
    ran = reconcile(registers, BATCH, tmp_path / "output")
    assert_refused(ran, 1, tmp_path / "output")


def test_a_later_batch_waits_for_the_earlier(registers: Path, tmp_path: Path) -> None:
    (registers / "2018-08-30").symlink_to(registers / BATCH)
    ran = reconcile(registers, "2018-08-30", tmp_path / "output")
    assert ran.code == 2
    assert BATCH in ran.text


def test_a_revision_says_what_it_replaces(registers: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert reconcile(registers, BATCH, output).code == 0
    ran = reconcile(registers, BATCH, output, "--revise", "测试更正")
    assert ran.code == 0, ran.text
    manifest = (output / f"{BATCH}.r2" / "manifest.json").read_text(encoding="utf-8")
    assert "测试更正" in manifest
    assert f'"{BATCH}"' in manifest
