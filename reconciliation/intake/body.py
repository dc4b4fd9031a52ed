"""The rows below the header of one sheet, by canonical field, each either taken, rejected, or about nobody.

Texts lose invisible characters and the blanks at both ends, and nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count

import polars as pl

from reconciliation.intake.cells import BLANK, ERROR, KINDS, NUMBER, TEXT
from reconciliation.intake.header import Header
from reconciliation.intake.merging import filled_down, heading_rows
from reconciliation.intake.parsing import Sheet
from reconciliation.intake.records import kind_column
from reconciliation.intake.remarks import INVISIBLE, count_remarks, odd_columns
from reconciliation.intake.surplus import NONE, Surplus, find_surplus
from reconciliation.intake.trailing import Surroundings, is_trailing
from reconciliation.registers.headers import HeaderAliases, normalise_header
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import IDENTIFIER_FIELDS

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
        blank: rows without any content, and without an error value for a name or number.
        ids_as_numbers: rows whose ID number was typed as a number.
        remarks: counts to be said in the receipt, by remark.
        unmapped: headers nobody mapped, in the order of the sheet.
    """

    rows: pl.DataFrame
    below: int
    trailing: int
    blank: int
    ids_as_numbers: int
    remarks: Mapping[str, int]
    unmapped: tuple[str, ...]


def read_body(sheet: Sheet, header: Header, aliases: HeaderAliases, labels: Labels) -> Body:
    """The rows of a sheet below its header.

    Args:
        sheet: as received.
        header: as found in it.
        aliases: to tell running numbers from content, and headers repeated on every page.
        labels: wording of rejections and of columns without a header.
    """
    received = sheet.grid.with_row_index("source_row", offset=1).slice(header.last + 1)
    odd = odd_columns(received)
    cells = received.with_columns(
        pl.col("source_row").cast(pl.Int64), pl.col(odd).str.replace_all(INVISIBLE, "")
    ).with_columns(pl.col("^t[0-9]+$").fill_null("").str.strip_chars())
    counters = {j for j in range(sheet.grid.width // 2) if aliases.is_counter(header.texts[j])}
    content = [j for j in range(sheet.grid.width // 2) if j not in counters - set(header.fields)]
    names = _other_columns(cells, sheet, header, content, labels)
    own = OWN_FIELDS[header.kind]
    # Only separators move cells: the cells of a workbook, of Parquet and of a table stand where they were put.
    surplus = NONE if sheet.name or sheet.headed else find_surplus(cells, header, content, own)
    classified = _classify(cells, _Frame(sheet, header, content, surplus.shifted), aliases, labels)
    kept = classified.filter(pl.col("status").is_in(["accepted", "rejected"]))
    filled, merged = filled_down(kept, sheet, header, own)
    rows = (
        filled.pipe(_other_cells, names, header, surplus)
        .pipe(_without_astray, surplus)
        .pipe(_fields, header)
    )
    taken = kept.filter(status="accepted")
    return Body(
        rows=rows.drop("status", pl.selectors.matches("^[tk][0-9]+$")),
        below=received.height,
        trailing=classified.filter(status="trailing").height,
        blank=classified.filter(status="blank").height,
        ids_as_numbers=_typed_as_numbers(rows, own[1]),
        remarks={
            **count_remarks(received.select(odd), kept, header),
            "merged": merged,
            "surplus": taken.filter(surplus.longer).height,
            "astray": taken.filter(surplus.astray).height,
        },
        unmapped=tuple(names.values()),
    )


def _typed_as_numbers(rows: pl.DataFrame, number: str) -> int:
    if number not in rows.columns:
        return 0
    typed = pl.col(kind_column(number)) == KINDS[NUMBER]
    return rows.filter(typed | pl.col(number).str.contains(_SCIENTIFIC)).height


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


@dataclass(frozen=True)
class _Frame:
    """What the rows of a sheet are told apart by."""

    sheet: Sheet
    header: Header
    content: list[int]
    shifted: pl.Expr

    @property
    def own(self) -> tuple[pl.Expr, pl.Expr]:
        """The cells of name and number; blank where there is no such column."""
        name, number = (
            pl.lit("") if column is None else pl.col(f"t{column}") for column in self._own_columns
        )
        return name, number

    @property
    def illegible(self) -> pl.Expr:
        """Whether name or number is an error value: somebody was meant, and it is not known who."""
        return pl.any_horizontal(
            pl.lit(False) if column is None else pl.col(f"k{column}") == ERROR
            for column in self._own_columns
        )

    @property
    def _own_columns(self) -> list[int | None]:
        columns = {field: j for j, field in self.header.fields.items()}
        return [columns.get(field) for field in OWN_FIELDS[self.header.kind]]


def _classify(
    cells: pl.DataFrame, frame: _Frame, aliases: HeaderAliases, labels: Labels
) -> pl.DataFrame:
    """Add `status` (accepted, rejected, trailing, blank) and `rejected` (why)."""
    name, number = frame.own
    identified = number.str.count_matches(r"[0-9０-９]") >= _FEWEST_DIGITS
    blank = pl.all_horizontal(
        pl.col(f"t{j}") == ""
        if j in frame.content
        else pl.col(f"t{j}").str.contains(_RUNNING_NUMBER)
        for j in range(frame.sheet.grid.width // 2)
    ).and_(~frame.illegible)
    doubtful = cells.filter(~identified & ~blank).select(
        "source_row", name.alias("own_name"), pl.col("^t[0-9]+$")
    )
    trailing = list(_trailing(doubtful.iter_rows(), frame, aliases))
    return cells.with_columns(
        pl.when(blank)
        .then(pl.lit("blank"))
        .when(pl.col("source_row").is_in(trailing))
        .then(pl.lit("trailing"))
        .when((~identified & (name == "")) | frame.shifted)
        .then(pl.lit("rejected"))
        .otherwise(pl.lit("accepted"))
        .alias("status")
    ).with_columns(
        pl.when(pl.col("status") != "rejected")
        .then(None)
        .when(frame.shifted)
        .then(pl.lit(labels("intake.rejected.shifted")))
        .otherwise(pl.lit(labels("intake.rejected.nobody")))
        .alias("rejected")
    )


def _trailing(
    doubtful: Iterable[tuple[int | str, ...]], frame: _Frame, aliases: HeaderAliases
) -> Iterator[int]:
    header = frame.header
    above = frame.sheet.grid.head(header.first).select(pl.col("^t[0-9]+$").str.strip_chars())
    titles = {normalise_header(text) for row in above.iter_rows() for text in row if text}
    around = Surroundings(header.rows, frozenset(titles), aliases)
    headings = set(heading_rows(frame.sheet, header, OWN_FIELDS[header.kind]))
    for source_row, name, *cells in doubtful:
        if source_row in headings or is_trailing([str(cell) for cell in cells], str(name), around):
            yield int(source_row)


def _other_columns(
    cells: pl.DataFrame, sheet: Sheet, header: Header, content: list[int], labels: Labels
) -> dict[int, str]:
    """Names of the columns nobody mapped; a column without header counts where it has content, equal names get numbers."""
    others = [j for j in content if j not in header.fields]
    filled = cells.select(
        (pl.col(f"t{j}") != "").any().fill_null(value=False) for j in others
    ).row(0) if others else ()  # fmt: skip
    names: dict[int, str] = {}
    for j, has_content in zip(others, filled, strict=True):
        column = sheet.left + j + 1
        text = header.texts[j] or (labels("intake.unnamed", column=column) if has_content else "")
        if text:
            names[j] = _free_name(text, frozenset(names.values()))
    return names


def _free_name(text: str, taken: frozenset[str]) -> str:
    """The text itself, or with the lowest number that nothing is called by: a header may end in `#2` of its own."""
    numbered = (f"{text}#{number}" for number in count(2))
    return next(name for name in chain([text], numbered) if name not in taken)


def _other_cells(
    rows: pl.DataFrame, names: dict[int, str], header: Header, surplus: Surplus
) -> pl.DataFrame:
    """Add `other_cells`: a JSON object of the unmapped columns, keys in order so that the order of columns is nothing.

    Of a row gone astray, also the cells behind its name and number, under their headers.
    """
    if not names:
        return rows.with_columns(pl.lit("{}").alias("other_cells"))
    astray = dict(names)
    for j in surplus.doubtful:
        astray[j] = _free_name(header.texts[j], frozenset(astray.values()))
    return rows.with_columns(
        pl.when(surplus.astray).then(_json(astray)).otherwise(_json(names)).alias("other_cells")
    )


def _json(names: Mapping[int, str]) -> pl.Expr:
    ordered = sorted(names.items(), key=lambda item: item[1])
    return pl.struct(pl.col(f"t{j}").alias(name) for j, name in ordered).struct.json_encode()


def _without_astray(rows: pl.DataFrame, surplus: Surplus) -> pl.DataFrame:
    """Rows gone astray with the cells behind name and number blanked: unknown, never read in a wrong column."""
    return rows.with_columns(
        pl.when(surplus.astray)
        .then(pl.lit(blank))
        .otherwise(pl.col(f"{kind}{j}"))
        .alias(f"{kind}{j}")
        for j in surplus.doubtful
        for kind, blank in (("t", ""), ("k", BLANK))
    )
