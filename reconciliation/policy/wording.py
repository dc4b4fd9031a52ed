"""Findings in Chinese: the sentence of a rule with the values of the case, and the deciding values by themselves.

What belongs here: how a value is written. What does not: the sentences (`why` of `config/policy.yaml`) and the names of
columns and codes (`policy` section of `config/labels.yaml`). Internal profile: nothing is masked here.
"""

from string import Formatter

import polars as pl

from reconciliation.policy.grammar import Predicate
from reconciliation.registers.labels import Labels

_SHOWN_AS = {"lowest_income": "income", "highest_income": "income"}
"""The lowest and the highest figure are nearly always one; where they are not, the sentence of the rule names both."""


class Wording:
    """Builds the expressions that word a finding; made once a run."""

    def __init__(self, labels: Labels) -> None:
        """Read the sections that are needed more than once."""
        self._labels = labels
        self._unknown = labels("policy.unknown")
        self._columns = labels.mapping("policy.columns")
        self._codes = labels.mapping("policy.values")
        self._separator = labels("policy.separator")

    def why(self, template: str, frame: pl.DataFrame) -> pl.Expr:
        """A sentence with its {columns} filled from `frame`; unknown values are called so."""
        pieces = []
        for text, column, _, _ in Formatter().parse(template):
            if text:
                pieces.append(pl.lit(text))
            if column:
                pieces.append(self.value(column, frame.schema))
        return pl.concat_str(pieces) if pieces else pl.lit("")

    def evidence(self, predicate: Predicate, frame: pl.DataFrame) -> pl.Expr:
        """The values the predicate turns on: 名称：值；名称：值. Columns without a Chinese name are not shown."""
        named = dict.fromkeys(_SHOWN_AS.get(column, column) for column in predicate.columns)
        shown = [column for column in named if column in self._columns]
        return pl.concat_str(
            [
                pl.concat_str(
                    pl.lit(f"{self._columns[column]}："), self.value(column, frame.schema)
                )
                for column in shown
            ]
            or [pl.lit("")],
            separator="；",
        )

    def missing(self, columns: pl.Expr) -> pl.Expr:
        """The Chinese names of a list of columns, each once."""
        return (
            columns.list.eval(pl.element().replace(_SHOWN_AS).replace(self._columns))
            .list.unique(maintain_order=True)
            .list.join(self._separator)
        )

    def differences(self) -> pl.Expr:
        """What two linked records say differently, own faults first."""
        wording = self._labels.mapping("policy.differences")
        own = pl.col("own_faults").list.eval(pl.element().replace(wording))
        both = self._labels("policy.fault_unknown")
        unknown = pl.col("open_faults").list.eval(
            pl.concat_str(pl.element().replace(wording), pl.lit(both))
        )
        return pl.concat_list(own, unknown).list.join(self._separator)

    def doubts(self) -> pl.Expr:
        """Why an identity is in doubt."""
        texts = self._labels.mapping("policy.doubts")
        dead = pl.col("death_listed") & pl.col("death_certain").not_()
        dual = pl.col("dual_listed") & pl.col("dual_certain").not_()
        one_register = pl.col("status").is_in(["dibao_only", "poverty_only"])
        reasons = (
            ("possible_only", pl.col("possible_only")),
            ("id_damaged", pl.col("id_damaged") & pl.col("link_certain").not_()),
            ("number_shared", pl.col("number_shared") & pl.col("link_certain").not_()),
            ("name_missing", pl.col("name_missing") & pl.col("link_certain").not_()),
            ("household", pl.col("household_in_doubt") & pl.col("possible_only").not_()),
            ("number", pl.col("own_number_on_other") & one_register),
            (
                "household_number",
                pl.col("number_on_other") & pl.col("own_number_on_other").not_() & one_register,
            ),
            (
                "exit",
                ((pl.col("proposed") == "exit_dibao") & pl.col("household_links_certain").not_())
                | (pl.col("link_unsure") & pl.col("death_certain")),
            ),
            ("served", pl.col("served_possibly") & pl.col("served").not_()),
            ("death", dead),
            ("dual", dual),
        )
        return pl.concat_list(
            pl.when(holds).then(pl.lit(texts[key])) for key, holds in reasons
        ).list.drop_nulls().list.join(self._separator)  # fmt: skip

    def duplication(self) -> pl.Expr:
        """With what a record is double."""
        dual = pl.when("dual_certain").then(pl.lit(self._labels("policy.dual")))
        return pl.concat_str("duplicate_why", dual, separator=self._separator, ignore_nulls=True)

    def value(self, column: str, schema: pl.Schema) -> pl.Expr:
        """One value as a reader sees it."""
        built = {
            "differences": self.differences,
            "doubts": self.doubts,
            "duplication": self.duplication,
        }
        if column in built:
            return built[column]()
        dtype, value = schema[column], pl.col(column)
        if isinstance(dtype, pl.List):
            text = value.list.eval(self._coded(pl.element(), column)).list.join(self._separator)
        elif dtype == pl.Float64:
            text = amount_text(value)
        elif dtype == pl.Boolean:
            yes, no = self._labels("policy.yes"), self._labels("policy.no")
            text = pl.when(value).then(pl.lit(yes)).when(value.not_()).then(pl.lit(no))
        elif dtype == pl.String:
            text = self._coded(value, column)
        else:
            text = value.cast(pl.String)
        return text.fill_null(self._unknown)

    def _coded(self, value: pl.Expr, column: str) -> pl.Expr:
        """A code by its Chinese word; a code of one column may mean another thing in another."""
        prefix = f"{column}."
        words = {
            key.removeprefix(prefix): word
            for key, word in self._codes.items()
            if key.startswith(prefix)
        }
        return value.replace(words) if words else value


def amount_text(value: pl.Expr) -> pl.Expr:
    """A number without a needless .0, at most two decimals."""
    rounded = value.round(2)
    whole = rounded == rounded.floor()
    return pl.when(whole).then(rounded.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(
        rounded.cast(pl.String)
    )  # fmt: skip
