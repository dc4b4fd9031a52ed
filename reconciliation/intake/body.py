"""The rows below the header of one sheet, by canonical field, each either taken, rejected, or about nobody.

Texts lose invisible characters and the blanks at both ends, and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count

import polars as pl

from reconciliation.intake.cells import BLANK, KINDS, NUMBER, TEXT
from reconciliation.intake.header import Header
from reconciliation.intake.parsing import Sheet
from reconciliation.intake.records import kind_column
from reconciliation.intake.trailing import Surroundings, is_trailing
from reconciliation.registers.headers import HeaderAliases
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import IDENTIFIER_FIELDS

# Control characters but tab and line breaks, marks without width, marks of direction, and two noncharacters.
_INVISIBLE = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{202a}-\x{202e}"
    r"\x{2060}-\x{2064}\x{feff}\x{fffe}\x{ffff}]"
)
_PRIVATE_USE = r"[\x{e000}-\x{f8ff}\x{f0000}-\x{ffffd}\x{100000}-\x{10fffd}]"
_SCIENTIFIC = r"^\d(\.\d+)?[eE]\+?\d+$"
_RUNNING_NUMBER = r"^[\d.]*$"
"""All that a column of running numbers may hold in a row that counts as blank."""
_FEWEST_DIGITS = 6
"""With fewer digits a text in the ID column (无, 不详, 0) identifies nobody."""

OWN_FIELDS = {"person": ("name", "id_number"), "household": ("head_name", "head_id")}
"""For each kind of file the fields that say whom a row is about."""


@dataclass(frozen=True)
class Body:
    """The rows of one sheet.

    Attributes:
        rows: `source_row`, `rejected`, the fields found, `<field>_kind` of identifier fields (also of `member_ids`),
            `other_cells`; taken and rejected rows only.
        below: rows of the sheet below the header, counted before they are told apart.
        trailing: rows dropped because they are about nobody.
        blank: rows without any content.
        invisible: characters removed.
        private_use: characters without a public meaning, left in.
        ids_as_numbers: rows whose ID number was typed as a number.
        unmapped: headers nobody mapped, in the order of the sheet.
    """

    rows: pl.DataFrame
    below: int
    trailing: int
    blank: int
    invisible: int
    private_use: int
    ids_as_numbers: int
    unmapped: tuple[str, ...]


def read_body(sheet: Sheet, header: Header, aliases: HeaderAliases, labels: Labels) -> Body:
    """The rows of a sheet below its header.

    Args:
        sheet: as received.
        header: as found in it.
        aliases: to tell running numbers from content.
        labels: wording of rejections and of columns without a header.
    """
    width = sheet.grid.width // 2
    received = sheet.grid.with_row_index("source_row", offset=1).slice(header.last + 1)
    cells = received.with_columns(
        pl.col("source_row").cast(pl.Int64),
        pl.col("^t[0-9]+$").fill_null("").str.replace_all(_INVISIBLE, "").str.strip_chars(),
    )
    counters = {j for j in range(width) if aliases.is_counter(header.texts[j])}
    counters -= set(header.fields)
    content = [j for j in range(width) if j not in counters]
    names = _other_columns(cells, header, content, labels)
    classified = cells.pipe(_fields, header).pipe(_classify, sheet, header, content, labels)
    kept = classified.filter(pl.col("status").is_in(["accepted", "rejected"]))
    own_id = OWN_FIELDS[header.kind][1]
    return Body(
        rows=kept.pipe(_other_cells, names).drop("status", pl.selectors.matches("^[tk][0-9]+$")),
        below=received.height,
        trailing=classified.filter(status="trailing").height,
        blank=classified.filter(status="blank").height,
        invisible=_count(received, width, _INVISIBLE),
        private_use=_count(received, width, _PRIVATE_USE),
        ids_as_numbers=kept.filter(
            (pl.col(kind_column(own_id)) == KINDS[NUMBER])
            | pl.col(own_id).str.contains(_SCIENTIFIC)
        ).height,
        unmapped=tuple(names.values()),
    )


def _count(received: pl.DataFrame, width: int, pattern: str) -> int:
    counts = [pl.col(f"t{j}").str.count_matches(pattern).sum() for j in range(width)]
    return int(received.select(pl.sum_horizontal(counts)).item() or 0)


def _fields(cells: pl.DataFrame, header: Header) -> pl.DataFrame:
    """The columns by canonical field, and the kinds of identifiers in words."""
    identifiers = IDENTIFIER_FIELDS | {"member_ids"}
    return cells.with_columns(
        *(pl.col(f"t{j}").alias(field) for j, field in header.fields.items()),
        *(
            _kind_name(j).alias(kind_column(field))
            for j, field in header.fields.items()
            if field in identifiers
        ),
    )


def _kind_name(column: int) -> pl.Expr:
    blank = (pl.col(f"t{column}") == "") & (pl.col(f"k{column}") == TEXT)
    code = pl.when(blank).then(BLANK).otherwise(pl.col(f"k{column}").cast(pl.Int32))
    return code.replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String)


def _classify(
    cells: pl.DataFrame, sheet: Sheet, header: Header, content: list[int], labels: Labels
) -> pl.DataFrame:
    """Add `status` (accepted, rejected, trailing, blank) and `rejected` (why)."""
    name, number = (
        pl.col(field) if field in header.fields.values() else pl.lit("")
        for field in OWN_FIELDS[header.kind]
    )
    identified = number.str.count_matches(r"[0-9０-９]") >= _FEWEST_DIGITS
    blank = pl.all_horizontal(
        pl.col(f"t{j}") == "" if j in content else pl.col(f"t{j}").str.contains(_RUNNING_NUMBER)
        for j in range(sheet.grid.width // 2)
    )
    doubtful = cells.filter(~identified & ~blank).select(
        "source_row", name.alias("own_name"), pl.col("^t[0-9]+$")
    )
    trailing = list(_trailing(doubtful.iter_rows(), sheet, header))
    shifted = _shifted(cells, header, content) if sheet.name is None else pl.lit(False)
    return cells.with_columns(
        pl.when(blank)
        .then(pl.lit("blank"))
        .when(pl.col("source_row").is_in(trailing))
        .then(pl.lit("trailing"))
        .when(~identified & (name == ""))
        .then(pl.lit("rejected"))
        .when(shifted)
        .then(pl.lit("rejected"))
        .otherwise(pl.lit("accepted"))
        .alias("status")
    ).with_columns(
        pl.when(pl.col("status") != "rejected")
        .then(None)
        .when(shifted)
        .then(pl.lit(labels("intake.rejected.shifted")))
        .otherwise(pl.lit(labels("intake.rejected.nobody")))
        .alias("rejected")
    )


def _trailing(
    doubtful: Iterable[tuple[int | str, ...]], sheet: Sheet, header: Header
) -> Iterable[int]:
    above = sheet.grid.head(header.first).select(pl.col("^t[0-9]+$").str.strip_chars())
    titles = {text for row in above.iter_rows() for text in row if text}
    around = Surroundings(header.rows, frozenset(titles))
    for source_row, name, *cells in doubtful:
        if is_trailing([str(cell) for cell in cells], str(name), around):
            yield int(source_row)


def _shifted(cells: pl.DataFrame, header: Header, content: list[int]) -> pl.Expr:
    """In a text file, a row with content beyond the last header: a separator inside a cell has moved its cells.

    Where most rows are like that the header merely lacks its last name.
    """
    last = max(j for j, text in enumerate(header.texts) if text)
    beyond = [pl.col(f"t{j}") != "" for j in content if j > last]
    if not beyond:
        return pl.lit(False)
    longer = pl.any_horizontal(beyond)
    few = cells.select(longer.sum()).item() * 2 < cells.height
    return longer if few else pl.lit(False)


def _other_columns(
    cells: pl.DataFrame, header: Header, content: list[int], labels: Labels
) -> dict[int, str]:
    """Names of the columns nobody mapped; a column without header counts where it has content, equal names get numbers."""
    others = [j for j in content if j not in header.fields]
    filled = cells.select(
        (pl.col(f"t{j}") != "").any().fill_null(value=False) for j in others
    ).row(0) if others else ()  # fmt: skip
    names: dict[int, str] = {}
    for j, has_content in zip(others, filled, strict=True):
        text = header.texts[j] or (labels("intake.unnamed", column=j + 1) if has_content else "")
        if text:
            names[j] = _free_name(text, frozenset(names.values()))
    return names


def _free_name(text: str, taken: frozenset[str]) -> str:
    """The text itself, or with the lowest number that nothing is called by: a header may end in `#2` of its own."""
    numbered = (f"{text}#{number}" for number in count(2))
    return next(name for name in chain([text], numbered) if name not in taken)


def _other_cells(rows: pl.DataFrame, names: dict[int, str]) -> pl.DataFrame:
    """Add `other_cells`: a JSON object of the unmapped columns, keys in order so that the order of columns is nothing."""
    if not names:
        return rows.with_columns(pl.lit("{}").alias("other_cells"))
    ordered = sorted(names.items(), key=lambda item: item[1])
    cells = pl.struct(pl.col(f"t{j}").alias(name) for j, name in ordered)
    return rows.with_columns(cells.struct.json_encode().alias("other_cells"))
