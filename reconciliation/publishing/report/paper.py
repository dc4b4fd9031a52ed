"""The official layout (公文格式): paper, fonts, paragraphs and tables of a Word document, and its bytes.

A4, margins 3.7/3.5/2.8/2.6 cm (top, bottom, left, right), title 22 pt, text 仿宋 16 pt on lines of 28 pt, first line indented by two
characters: GB/T 9704-2012. What belongs here: how things look. What does not: what they say (`document.py`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

TITLE, BODY, HEADING, INLINE, PAGE_NUMBER = "方正小标宋简体", "仿宋", "黑体", "楷体", "宋体"
_LATIN: Final = "Times New Roman"
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold; a cell of a register can."""
_NO_EARLIER_DAY: Final = (1980, 1, 1, 0, 0, 0)
_TWIPS_A_CM: Final = 567


class Paper:
    """A document being written.

    Attributes:
        document: the python-docx document.
    """

    def __init__(self) -> None:
        """An empty page with the text's font and lines."""
        self.document: Any = Document()
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(16)
        _fonts(normal.element.get_or_add_rPr(), BODY)
        self._page(self.document.sections[0])

    def title(self, text: str) -> None:
        """Lines in the middle, 22 pt."""
        for line in text.split("\n"):
            paragraph = self._paragraph(34, WD_ALIGN_PARAGRAPH.CENTER)
            _run(paragraph, line, TITLE, 22)

    def centred(self, text: str, font: str = BODY, size: float = 16) -> None:
        """One line in the middle, on the page of what it stands above."""
        paragraph = self._paragraph(28, WD_ALIGN_PARAGRAPH.CENTER)
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, text, font, size)

    def plain(self, text: str) -> None:
        """A paragraph that is not indented, as the addressee is."""
        _run(self._paragraph(28), text)

    def heading(self, text: str) -> None:
        """The heading of a part."""
        paragraph = self._indented()
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, text, HEADING)

    def text(self, text: str, lead: str = "") -> None:
        """A paragraph; `lead` stands before it in another font."""
        paragraph = self._indented()
        if lead:
            _run(paragraph, lead, INLINE)
        _run(paragraph, text)

    def to_fill(self, text: str) -> None:
        """A place that is to be filled by hand, marked in yellow."""
        _run(self._indented(), text).font.highlight_color = WD_COLOR_INDEX.YELLOW

    def right(self, text: str) -> None:
        """A line at the right, four characters from the margin, as the signature is."""
        paragraph = self._paragraph(28, WD_ALIGN_PARAGRAPH.RIGHT)
        paragraph.paragraph_format.right_indent = Pt(64)
        _run(paragraph, text)

    def picture(self, png: bytes, alternative: str) -> None:
        """A picture as wide as the text."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.add_run().add_picture(BytesIO(png), width=Cm(15.6))
        properties = shape._inline.docPr
        properties.set("descr", alternative)

    def table(
        self,
        header: Sequence[Sequence[tuple[str, int]]],
        rows: Iterable[Sequence[str]],
        widths: Sequence[float],
        size: float = 10.5,
        *,
        bold_first: bool = True,
    ) -> None:
        """A table with numbers at the right, whose header stands on every page.

        Args:
            header: lines of cells: text, and how many columns it spans.
            rows: texts; the first column is a name.
            widths: of the columns, in cm.
            size: of the letters, in points.
            bold_first: whether the first row is the whole of the others.
        """
        table = OxmlElement("w:tbl")
        table.append(_table_properties())
        grid = OxmlElement("w:tblGrid")
        for width in widths:
            grid.append(_element("w:gridCol", w=_twips(width)))
        table.append(grid)
        for line in header:
            table.append(_header_row(line, widths, size))
        for number, row in enumerate(rows):
            table.append(_row(row, widths, size, bold=bold_first and number == 0))
        body = self.document.element.body
        body.insert(len(body) - 1, table)

    def new_page(self) -> None:
        """Go on with the next page."""
        self._paragraph(28).paragraph_format.page_break_before = True

    def bytes(self, title: str, author: str, day: date) -> bytes:
        """The document as a file; the same content gives the same bytes."""
        properties = self.document.core_properties
        properties.title, properties.author, properties.last_modified_by = title, author, author
        properties.comments = ""
        when = datetime(day.year, day.month, day.day)
        properties.created = properties.modified = when
        properties.revision = 1
        saved = BytesIO()
        self.document.save(saved)
        return _undated(saved)

    def _page(self, section: Any) -> None:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
        section.footer_distance = Cm(2.5)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(footer, "— ", PAGE_NUMBER, 14)
        _page_number(_run(footer, "", PAGE_NUMBER, 14)._r)
        _run(footer, " —", PAGE_NUMBER, 14)

    def _paragraph(self, line: float, alignment: Any = None) -> Any:
        paragraph = self.document.add_paragraph()
        layout = paragraph.paragraph_format
        layout.line_spacing = Pt(line)
        layout.space_before = layout.space_after = Pt(0)
        paragraph.alignment = alignment
        return paragraph

    def _indented(self) -> Any:
        paragraph = self._paragraph(28)
        paragraph.paragraph_format.first_line_indent = Pt(32)
        paragraph._p.pPr.ind.set(qn("w:firstLineChars"), "200")
        return paragraph


def _run(paragraph: Any, text: str, font: str = BODY, size: float = 16) -> Any:
    run = paragraph.add_run(_UNPRINTABLE.sub("", text))
    run.font.size = Pt(size)
    _fonts(run._r.get_or_add_rPr(), font)
    return run


def _fonts(properties: Any, font: str, latin: str = _LATIN) -> None:
    """Chinese letters in `font`, the others in `latin`."""
    fonts = properties.get_or_add_rFonts()
    for name, value in (
        ("ascii", latin),
        ("hAnsi", latin),
        ("cs", latin),
        ("eastAsia", font),
    ):
        fonts.set(qn(f"w:{name}"), value)


def _page_number(run: Any) -> None:
    for kind in ("begin", "", "end"):
        if kind:
            run.append(_element("w:fldChar", fldCharType=kind))
        else:
            code = OxmlElement("w:instrText")
            code.text = "PAGE"
            run.append(code)


def _table_properties() -> Any:
    properties = OxmlElement("w:tblPr")
    properties.append(_element("w:tblW", w="0", type="auto"))
    properties.append(_element("w:jc", val="center"))
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color="000000"))
    properties.append(borders)
    properties.append(_element("w:tblLayout", type="fixed"))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", w="40", type="dxa"))
    properties.append(margins)
    return properties


def _header_row(line: Sequence[tuple[str, int]], widths: Sequence[float], size: float) -> Any:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    place = 0
    for text, span in line:
        width = sum(widths[place : place + span])
        row.append(_cell(text, width, _Look(size, "center", bold=True, span=span)))
        place += span
    return row


def _row(texts: Sequence[str], widths: Sequence[float], size: float, *, bold: bool) -> Any:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    row.append(properties)
    for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
        row.append(_cell(text, width, _Look(size, "right" if place else "left", bold)))
    return row


@dataclass(frozen=True)
class _Look:
    """How a cell looks: letters in points, which side the text stands at, how many columns it spans."""

    size: float
    side: str
    bold: bool = False
    span: int = 1


def _cell(text: str, width: float, look: _Look) -> Any:
    cell = OxmlElement("w:tc")
    properties = OxmlElement("w:tcPr")
    properties.append(_element("w:tcW", w=_twips(width), type="dxa"))
    if look.span > 1:
        properties.append(_element("w:gridSpan", val=str(look.span)))
    properties.append(_element("w:vAlign", val="center"))
    cell.append(properties)
    paragraph = OxmlElement("w:p")
    layout = OxmlElement("w:pPr")
    line = str(round(look.size * 28))
    layout.append(_element("w:spacing", before="0", after="0", line=line, lineRule="exact"))
    layout.append(_element("w:jc", val=look.side))
    paragraph.append(layout)
    run = OxmlElement("w:r")
    letters = run.get_or_add_rPr()
    _fonts(letters, BODY, BODY)
    if look.bold:
        letters.append(OxmlElement("w:b"))
    letters.append(_element("w:sz", val=str(round(look.size * 2))))
    content = OxmlElement("w:t")
    content.text = _UNPRINTABLE.sub("", text)
    run.append(content)
    paragraph.append(run)
    cell.append(paragraph)
    return cell


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _twips(width: float) -> str:
    return str(round(width * _TWIPS_A_CM))


def _undated(saved: BytesIO) -> bytes:
    """The same archive without the hour it was written at."""
    made = BytesIO()
    with ZipFile(saved) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, _NO_EARLIER_DAY)
            entry.compress_type = ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
