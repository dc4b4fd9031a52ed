"""What a register's folder may hold besides plain files with plain names."""

import os
import socket
from pathlib import Path

import pytest

from reconciliation.intake.files import received_files, sha256
from tests.intake.offices import person_id, read, read_here, receipt, text_file, workbook

LIST = [["姓名", "身份证号"], ["田一苇", person_id(1)]]


def test_links_pipes_sockets_and_devices_are_named_and_never_opened(tmp_path: Path) -> None:
    folder, outside = tmp_path / "dibao", tmp_path / "outside"
    text_file(folder / "好.csv", LIST)
    text_file(outside / "别处.csv", LIST)
    (folder / "链接.csv").symlink_to(outside / "别处.csv")
    (folder / "断链.xlsx").symlink_to(tmp_path / "none")
    (folder / "乡").symlink_to(outside)
    os.mkfifo(folder / "管道.csv")
    os.mkfifo(folder / "管道")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # the address of a socket may not be long
        try:
            listening.bind("套接字.csv")
        finally:
            os.chdir(here)
        got = read(folder)
    said = {row["source_file"]: row["message"] or "" for row in got.receipts.iter_rows(named=True)}
    assert got.records["source_file"].to_list() == ["好.csv"]
    assert all("是指向别处的链接" in said[name] for name in ("链接.csv", "断链.xlsx", "乡"))
    assert all("不是普通文件" in said[name] for name in ("管道.csv", "管道", "套接字.csv"))
    assert set(got.receipts.filter(status="refused")["source_file"]) == set(said) - {"好.csv"}


def test_a_checksum_of_a_pipe_is_an_error_and_no_endless_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    with pytest.raises(OSError, match="plain"):
        sha256(tmp_path / "x")


def test_a_folder_that_cannot_be_listed_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_file(tmp_path / "甲镇" / "a.csv", LIST)
    listing = os.scandir

    def forbidden(path: str) -> object:
        if str(path).endswith("甲镇"):
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", forbidden)
    got = receipt(read_here(tmp_path), "甲镇")
    assert got["status"] == "refused"
    assert "没有读取权限" in got["message"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("甲县名册.csv".encode("gb18030"), "甲县名册.csv"),
        (b"\xff\xfe.csv", "\\xff\\xfe.csv"),
        (b"a\nb\x1b[31m.csv", "a\\x0ab\\x1b[31m.csv"),
        ("长".encode() * 80 + b".csv", "长" * 80 + ".csv"),
        ("a\u2028b.csv".encode(), "a\\x2028b.csv"),
        (b"=cmd.csv", "=cmd.csv"),
    ],
)  # fmt: skip
def test_a_file_of_any_name_is_read_and_called_by_a_printable_one(
    tmp_path: Path, raw: bytes, name: str
) -> None:
    good = text_file(tmp_path / "x" / "a.csv", LIST)
    (tmp_path / "dibao").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "dibao") + b"/" + raw)).write_bytes(good.read_bytes())
    got = read(tmp_path / "dibao")
    assert receipt(got, name)["rows_accepted"] == 1
    assert got.records["source_file"].to_list() == [name]


def test_two_files_are_never_called_the_same(tmp_path: Path) -> None:
    for raw in ("甲.csv".encode(), "甲.csv".encode("gb18030"), b"a.csv", b"A.csv", b"a.CSV"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)).write_bytes(b"x")
    names = [file.name for file in received_files(tmp_path)]
    assert len(set(names)) == len(names) == 5
    assert names == sorted(names)


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    workbook(tmp_path / "甲.xlsx" / "乙.xlsx", {"表": LIST})
    assert read_here(tmp_path).receipts["source_file"].to_list() == ["甲.xlsx/乙.xlsx"]
