"""Personal names: what a person reads, and what is compared.

What belongs here: taking a name out of its cell (remarks, blanks, widths, middle dots), its comparison class and its
kind. What does not: how alike two names are (linkage). The received name is never changed; `name_key` is only a class
for comparing, in which lawful names differ no more (昇 and 升).

Nearly all names are two to four plain characters, or more with dots between them, and take a vectorised path; the others are read
one distinct text at a time.
"""

import re
import unicodedata
from functools import cached_property

import polars as pl

from reconciliation.identity.settings import NameSettings

DOT = "·"
"""The middle dot of the standard, U+00B7."""
WILDCARD = "?"

_PLAIN = r"^(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)+)$"
_BLANKS = r"[\s\p{Cf}\p{Cc}]"
_OPENING, _CLOSING = "([{【〔〈《<「『", ")]}】〕〉》>」』"
_BRACKETS = re.compile(
    rf"[{re.escape(_OPENING)}]([^{re.escape(_OPENING + _CLOSING)}]*)(?:[{re.escape(_CLOSING)}]|$)"
)
_NUMBERING = re.compile(r"^[0-9]+[.、,)\-\s]*(?=\D)|(?<=\D)[0-9]+$")
_EDGES = "-—–_、,，;；:：.。/\\|'\"`~!！+= \t"
_LETTER_AFTER_HAN = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff?])[Xx]")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")

NAME_COLUMNS = ("name", "name_key", "name_kind", "name_remark")
_SCHEMA = dict.fromkeys(NAME_COLUMNS, pl.String)


class NameReader:
    """Reads names by the settings; see `read`."""

    def __init__(self, settings: NameSettings, variants: dict[str, str]) -> None:
        """Take the settings and the character classes (`CharacterTable.variant_map`)."""
        self._settings = settings
        self._variants = variants
        self._placeholders = {text.upper() for text in settings.placeholders}
        self._wildcards = str.maketrans(dict.fromkeys(settings.wildcards, WILDCARD))
        self._dots = str.maketrans(dict.fromkeys(settings.dots, DOT))
        self._fold = str.maketrans(variants)
        self._child_of = re.compile("|".join(settings.child_of))
        self._nickname = re.compile("|".join(settings.nicknames))
        remarks = "|".join(sorted(map(re.escape, settings.remarks), key=len, reverse=True))
        self._attached = re.compile(rf"^({remarks})(?=.{{2}})|(?<=.{{2}})({remarks})$")

    def read(self, names: pl.Series) -> pl.DataFrame:
        """What the name cells say, row by row.

        Args:
            names: String; null: no such column, "": blank.

        Returns:
            `name` (null: missing), `name_key`, `name_kind` (`full`, `wildcard`, `nickname`, `child_of`, `missing`),
            `name_remark`; all String, same rows in the same order.
        """
        rows = names.alias("_cell").to_frame().with_columns(_text=_without_blanks(names))
        plain = pl.col("_text").str.contains(_PLAIN) & ~pl.col("_text").str.contains(self._special)
        rows = rows.with_columns(plain.fill_null(False).alias("_plain"))
        others = rows.filter(~pl.col("_plain"))["_cell"].drop_nulls().unique()
        read = pl.DataFrame({"_cell": others}, schema={"_cell": pl.String}).with_columns(
            pl.DataFrame([self.read_one(cell) for cell in others], schema=_SCHEMA, orient="row")
        )
        joined = rows.join(read, on="_cell", how="left", maintain_order="left")
        return joined.select(
            name=pl.when("_plain").then("_text").otherwise("name"),
            name_key=pl.when("_plain").then(self._folded(pl.col("_text"))).otherwise("name_key"),
            name_kind=pl.when("_plain")
            .then(pl.lit("full"))
            .otherwise("name_kind")
            .fill_null("missing"),
            name_remark="name_remark",
        )

    def read_one(self, cell: str) -> tuple[str | None, str | None, str, str | None]:
        """`name`, `name_key`, `name_kind`, `name_remark` of one cell."""
        text = unicodedata.normalize("NFKC", cell)
        if not text.isprintable():  # some blank that is no space, or something nobody sees
            text = "".join(
                " " if c.isspace() else c
                for c in text
                if unicodedata.category(c) not in ("Cf", "Cc")
            )
        text = text.strip(_EDGES + "".join(self._settings.dots))
        if text.upper() in self._placeholders:
            return None, None, "missing", None
        name, remarks = self._without_remarks(text)
        name = name.translate(self._dots)
        key = self.key_of(name)
        if name.upper() in self._placeholders or not any(c.isalpha() for c in key):
            return None, None, "missing", _joined(remarks)
        return name, key, self._kind_of(name, key), _joined(remarks)

    def key_of(self, name: str) -> str:
        """The comparison class of a cleaned name: variants folded, dots out, wildcards as `?`."""
        marked = _PRIVATE_USE.sub(WILDCARD, name.translate(self._wildcards))
        marked = _LETTER_AFTER_HAN.sub(WILDCARD, marked)
        marked = _LETTER_AFTER_HAN.sub(WILDCARD, marked)
        return marked.replace(DOT, "").translate(self._fold).upper()

    def _without_remarks(self, text: str) -> tuple[str, list[str]]:
        remarks = [inner.strip() for inner in _BRACKETS.findall(text)]
        outside = _BRACKETS.sub(" ", text).strip(_EDGES)
        if not outside and remarks:  # the whole name stands in brackets
            outside, remarks = remarks[0], remarks[1:]
        # A word set off by a dash or a blank is a remark only where it is a known one; blanks also stand inside names.
        parts = [part for part in re.split(r"[\s\-—–_、,，;；:：/|]+", outside) if part]
        known = [part for part in parts if part in self._settings.remarks and len(parts) > 1]
        name = (
            "".join(part for part in parts if part not in known)
            if len(known) < len(parts)
            else outside
        )
        remarks += known
        while match := self._attached.search(name):
            remarks.append(match.group())
            name = name[: match.start()] + name[match.end() :]
        while match := _NUMBERING.search(name):
            remarks.append(match.group().strip(_EDGES))
            name = name[: match.start()] + name[match.end() :]
        return name.strip(_EDGES), remarks

    def _kind_of(self, name: str, key: str) -> str:
        if self._child_of.fullmatch(name):
            return "child_of"
        if self._nickname.fullmatch(name):
            return "nickname"
        return "wildcard" if WILDCARD in key else "full"

    @cached_property
    def _special(self) -> str:
        """Pattern of plain-looking texts that are not simply a name."""
        whole = "|".join((*self._settings.child_of, *self._settings.nicknames))
        placeholders = "|".join(map(re.escape, self._settings.placeholders))
        remarks = "|".join(map(re.escape, self._settings.remarks))
        return f"^(?:{whole}|{placeholders}|.*(?:{remarks}).*)$"

    def _folded(self, text: pl.Expr) -> pl.Expr:
        plain = text.str.replace_all(DOT, "", literal=True)
        return plain.str.replace_many(list(self._variants), list(self._variants.values()))


def _without_blanks(names: pl.Series) -> pl.Series:
    """NFKC and no blanks, only where a name is not plain already."""
    plain = names.str.contains(_PLAIN).fill_null(False)
    if plain.all():
        return names
    rows = pl.DataFrame({"cell": names, "plain": plain}).with_row_index("row")
    cleaned = rows.filter(~pl.col("plain")).select(
        "row", cleaned=pl.col("cell").str.normalize("NFKC").str.replace_all(_BLANKS, "")
    )
    return (
        rows.join(cleaned, on="row", how="left", maintain_order="left")
        .select(pl.when("plain").then("cell").otherwise("cleaned"))
        .to_series()
    )


def _joined(remarks: list[str]) -> str | None:
    return "；".join(remark for remark in remarks if remark) or None
