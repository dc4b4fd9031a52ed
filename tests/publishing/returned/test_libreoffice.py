"""A workbook filled in as it was sent and saved by LibreOffice, as .xlsx and as .xls, comes back whole."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from tests.publishing.returned.books import EXIT, VERIFY, Office, cells, released

SAID = {
    EXIT: {"核实结果": "不属实", "原因/说明": "本人健在，=1+1", "核实人": "王干部", "核实日期": "2018-08-20"},
    VERIFY: {"核实结果": "属实", "核实人": "王干部", "核实日期": "2018/8/20"},
}  # fmt: skip


def filled_in(book: Path, target: Path) -> Path:
    """The same workbook with the answers typed into its first rows, everything else untouched."""
    sheets = cells(book)
    order = list(sheets)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            for name, said in SAID.items():
                if item.filename == f"xl/worksheets/sheet{order.index(name) + 1}.xml":
                    content = _typed(content.decode(), sheets[name][0], said).encode()
            new.writestr(item, content)
    return target


def _typed(sheet: str, header: list[str], said: dict[str, str]) -> str:
    row = re.search(r'<row r="2".*?</row>', sheet, re.DOTALL)
    assert row is not None
    found = re.findall(r'<c r="[A-Z]+2".*?</c>', row[0], re.DOTALL)
    typed = [
        f'<c r="{xl_rowcol_to_cell(1, header.index(heading))}" t="inlineStr"><is><t>{text}</t></is></c>'
        for heading, text in said.items()
    ]

    def place(cell: str) -> int:
        reference = re.search('r="([A-Z]+2)"', cell)
        assert reference is not None
        return int(xl_cell_to_rowcol(reference[1])[1])

    opening = row[0][: row[0].index("<c ")]
    return sheet.replace(row[0], f"{opening}{''.join(sorted([*found, *typed], key=place))}</row>")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, dict[str, Path]]:
    root = tmp_path_factory.mktemp("libreoffice")
    office = Office(root / "output", released(root / "output"))
    book = filled_in(office.book, root / "名册.xlsx")
    soffice = shutil.which("soffice")
    assert soffice is not None, "libreoffice-calc is missing: make system"
    made = {"sent": book}
    for suffix in ("xlsx", "xls"):
        subprocess.run(
            [soffice, f"-env:UserInstallation=file://{root}/profile", "--headless", "--convert-to", suffix, "--outdir", root / suffix, book],
            check=True,
            capture_output=True,
        )  # fmt: skip
        made[suffix] = root / suffix / f"名册.{suffix}"
    return office, made


@pytest.mark.parametrize("kind", ["sent", "xlsx", "xls"])
def test_every_code_survives_and_every_answer_is_taken(
    saved: tuple[Office, dict[str, Path]], kind: str
) -> None:
    office, books = saved
    made = office.plan(books[kind])
    (book,) = made.books
    assert (book.book.refusal, book.refused.rows()) == (None, [])
    rows = made.added.select("case_key", "status", "reason", "verified_by", "verified_on").rows()
    assert sorted((case, status, reason, by, str(on)) for case, status, reason, by, on in rows) == [
        ("dibao2", "refused", "本人健在，=1+1", "王干部", "2018-08-20"),
        ("dibao3", "confirmed", None, "王干部", "2018-08-20"),
    ]
    assert book.outstanding == 4


def test_no_locked_cell_was_changed_on_the_way(saved: tuple[Office, dict[str, Path]]) -> None:
    office, books = saved
    for kind in ("xlsx", "xls"):
        texts, sent = cells(books[kind]), cells(office.book)
        for name in (EXIT, VERIFY):
            code = sent[name][0].index("校验码")
            assert [row[code] for row in texts[name]] == [row[code] for row in sent[name]]
