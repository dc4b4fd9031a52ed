"""Files damaged at random, by seed: whatever they are, they end with receipts and never end this process.

Real parsing processes read them, as in production: a parser that aborts may only take its own process along.
"""

import random
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
import xlwt

from reconciliation.intake.register import Intake
from tests.intake.offices import LEAN, SETTINGS, Range, person_id, read, text_file, workbook

FILES_OF_A_KIND = 45
LIMITS = SETTINGS.model_copy(
    update={"memory_bytes": 1 << 30, "timeout_seconds": 20, "max_rows": 20_000, "max_columns": 100}
)
SECRET = "丰不识"
TABLE = [
    ["甲县名册"],
    LEAN,
    *([i, f"{SECRET}{i}", person_id(i), "农村低保", "A", f"备注,{i}"] for i in range(30)),
    ["合计", "", "", "", "", "30人"],
]
Damage = Callable[[bytes, random.Random], bytes]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end, the start, or something in between missing."""
    first, last = sorted(chance.sample(range(len(data)), 2))
    return chance.choice([data[:last], data[first:], data[:first] + data[last:]])


def grown(data: bytes, chance: random.Random) -> bytes:
    """A piece repeated, or put where it does not belong."""
    first, last = sorted(chance.sample(range(len(data)), 2))
    at = chance.randrange(len(data))
    return data[:at] + data[first:last] * chance.randint(1, 3) + data[at:]


def strange(data: bytes, chance: random.Random) -> bytes:
    """Bytes put in that mean something: quotes, separators, NULs, half characters, marks."""
    pieces = [b'"', b",", b"\0", b"\r", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe4\xb8", b"\x81", b"=\"", b";;;", b"<html>", b"\x1a"]  # fmt: skip
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(data))
        data = data[:at] + chance.choice(pieces) + data[at:]
    return data


def part_damaged(data: bytes, chance: random.Random) -> bytes:
    """An archive that is whole, with one of its parts missing, damaged, or with its XML rewritten."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    if chance.random() < 0.15:
        del parts[name]
    elif chance.random() < 0.2:
        parts[name] = chance.choice([flipped, cut, grown])(parts[name], chance)
    else:
        sheet = chance.choice([name, "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
        parts[sheet] = xml_damaged(parts[sheet], chance)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return out.getvalue()


def xml_damaged(data: bytes, chance: random.Random) -> bytes:
    """Tags dropped or doubled, attributes and numbers replaced by others, impossible ones too."""
    found = list(re.finditer(rb"<[^>]+>|\"[^\"]*\"|(?<=>)[^<]+", data))
    for one in sorted(
        chance.sample(found, min(len(found), chance.randint(1, 4))), key=lambda m: -m.start()
    ):
        others = [
            b"", one[0] * 2, b'"A1048576"', b'"XFD7"', b'"-1"', b'"99999999999999999999"', b'"e"', b'"n"', b'"d"', b'"s"', b"1e999",
            b"9" * 400, b"NaN", b"&x;", b"<c/>", b"</row>", b'"B3:A1"', b'"A1:XFD1048576"', b"]]>", b"<!DOCTYPE x>",
        ]  # fmt: skip
        data = data[: one.start()] + chance.choice(others) + data[one.end() :]
    return data


DAMAGES: dict[str, tuple[Damage, ...]] = {
    ".xlsx": (part_damaged, part_damaged, part_damaged, flipped, cut, grown),
    ".csv": (flipped, cut, grown, strange, strange),
    ".xls": (flipped, flipped, cut, grown),
    ".parquet": (flipped, cut, grown),
}


def whole_files(folder: Path) -> list[Path]:
    """One good file of each kind, and of text in each encoding."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for i, row in enumerate(TABLE):
        for j, cell in enumerate(row):
            sheet.write(i, j, cell)
    folder.mkdir()
    book.save(str(folder / "a.xls"))
    frame = pl.DataFrame(TABLE[2:], schema=list(LEAN), orient="row", strict=False)
    frame.write_parquet(folder / "a.parquet")
    return [
        workbook(folder / "a.xlsx", {"表": TABLE, "另": TABLE[1:4]}, merged=[Range(0, 0, 0, 5)]),
        text_file(folder / "a.csv", TABLE),
        text_file(folder / "b.csv", TABLE, "utf-8-sig", "\t"),
        folder / "a.xls",
        folder / "a.parquet",
    ]


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "dibao").mkdir()
    for whole in whole_files(folder / "whole"):
        data = whole.read_bytes()
        for seed in range(FILES_OF_A_KIND):
            chance = random.Random(f"{whole.name} {seed}")
            damaged = chance.choice(DAMAGES[whole.suffix])(data, chance)
            (folder / "dibao" / f"{whole.stem}{seed:03d}{whole.suffix}").write_bytes(damaged)
    return read(folder / "dibao", settings=LIMITS)


def test_every_damaged_file_has_its_receipt(intake: Intake) -> None:
    assert intake.receipts["source_file"].n_unique() == 5 * FILES_OF_A_KIND
    assert {"accepted", "refused"} <= set(intake.receipts["status"])
    assert intake.receipts.filter(status="refused")["message"].null_count() == 0


def test_of_every_damaged_file_read_is_accepted_and_rejected(intake: Intake) -> None:
    receipts = intake.receipts
    assert (receipts["rows_read"] == receipts["rows_accepted"] + receipts["rows_rejected"]).all()
    taken = intake.records.group_by("source_file").agg(
        pl.col("rejected").is_null().sum().alias("taken")
    )
    said = receipts.group_by("source_file").agg(pl.col("rows_accepted").sum())
    both = said.filter(pl.col("rows_accepted") > 0).join(taken, on="source_file", how="full")
    assert both.filter(pl.col("rows_accepted").ne_missing(pl.col("taken"))).height == 0


def test_no_damage_trips_the_program_itself(intake: Intake) -> None:
    """`not_understood` is for what nobody thought of."""
    said = intake.receipts["message"].drop_nulls()
    assert said.filter(said.str.contains("读懂其内容时出错")).to_list() == []


def test_no_damage_brings_a_person_into_a_message(intake: Intake) -> None:
    said = "".join(intake.receipts["message"].drop_nulls())
    assert SECRET[:2] not in said
    assert person_id(1)[:12] not in said
