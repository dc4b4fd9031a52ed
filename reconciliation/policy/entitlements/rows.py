"""The rows of a list: what an office needs to pay, to transfer or to look.

What belongs here: the columns of a row and its sentence. What does not: who is on the list (`lists.py`) and how it is printed
(`reconciliation.publishing`). Internal profile: nothing is masked here.
"""

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reconciliation.policy.entitlements.people import People
from reconciliation.policy.entitlements.settings import Entitlement, EntitlementList
from reconciliation.policy.evidence import Evidence, Rulebook
from reconciliation.policy.wording import Wording
from reconciliation.registers.schema import LINEAGE

_SOURCE_TYPES: Final = (pl.String, pl.String, pl.Int64)
SCHEMA: Final[dict[str, Any]] = {
    "register": pl.String, "record": pl.Int64, **dict(zip(LINEAGE, _SOURCE_TYPES, strict=True)),
    "county": pl.String, "town": pl.String, "village": pl.String, "household": pl.Int64, "name": pl.String,
    "id_number": pl.String, "relation": pl.String, "rule": pl.String, "group": pl.String, "group_name": pl.String,
    "other_groups": pl.List(pl.String), "status": pl.String, "amount": pl.Int64, "per": pl.String, "due": pl.Date,
    "why": pl.String, "evidence": pl.String, "wording": pl.String, "legal_basis": pl.String, "to_check": pl.String,
    "owner": pl.String, "data_dates": pl.String, "evidence_register": pl.String, "evidence_record": pl.Int64, "tier": pl.String,
    **{f"evidence_{name}": dtype for name, dtype in zip(LINEAGE, _SOURCE_TYPES, strict=True)},
}  # fmt: skip
"""A row of a list; `amount` is in whole yuan, `per` says for what, both null where there is no fixed rate."""


@dataclass(frozen=True)
class Writer:
    """Makes the rows of the lists of one batch.

    Attributes:
        evidence: the frames.
        found: who is who.
        rulebook: wording and as-of date.
    """

    evidence: Evidence
    found: People
    rulebook: Rulebook

    def rows(
        self, made: EntitlementList, parts: list[tuple[Entitlement, str, pl.DataFrame]]
    ) -> pl.DataFrame:
        """The rows of a list.

        Args:
            made: the list.
            parts: as `lists.chosen` gives them.

        Returns:
            Columns of `SCHEMA`, sorted by county, town, village, register, household and record.
        """
        written = [self._written(made, rule, register, rows) for rule, register, rows in parts]
        return pl.concat([pl.DataFrame(schema=SCHEMA), *written]).sort(
            "county", "town", "village", "register", "household", "record", nulls_last=True
        )

    def _written(
        self, made: EntitlementList, rule: Entitlement, register: str, rows: pl.DataFrame
    ) -> pl.DataFrame:
        rate = rule.amount
        grades = self.rulebook.labels.mapping("entitlements.grades")
        told = rows.with_columns(
            register=pl.lit(register),
            disability_grade=pl.col("disability_grade").cast(pl.String).replace(grades),
            rule=pl.lit(rule.rule),
            group=pl.lit(rule.group),
            group_name=pl.lit(rule.group_name),
            amount=pl.lit(rate.yuan if rate else None, dtype=pl.Int64),
            per=pl.lit(rate.per if rate else None, dtype=pl.String),
            due=pl.lit(made.due, dtype=pl.Date),
            wording=pl.lit(rule.wording),
            legal_basis=pl.lit(rule.legal_basis),
            to_check=pl.lit(rule.to_check),
            owner=pl.lit(made.owner),
            data_dates=pl.lit(
                self.rulebook.labels("policy.data_dates", batch=self.rulebook.batch.isoformat())
            ),
        )
        people = self.evidence.persons[register].select("record", "name", "id_number", "relation")
        source = self.evidence.records[register].select("record", *LINEAGE)
        names = {other.group: other.group_name for other in made.entitlements}
        return (
            told.with_columns(
                why=self._why(rule, told, names), evidence=self._values(rule, register, told)
            )
            .join(people, on="record", how="left", validate="1:1")
            .join(source, on="record", how="left", validate="1:1")
            .pipe(self._with_evidence_row, rule.evidence)
            .select(*SCHEMA)
            .cast(pl.Schema(SCHEMA))
        )

    def _why(self, rule: Entitlement, rows: pl.DataFrame, names: dict[str, str]) -> pl.Expr:
        """The sentence: the rule's own, or what has to be settled before it can be said."""
        labels, wording = self.rulebook.labels, Wording(self.rulebook.labels)
        own = wording.why(rule.why, rows)
        clauses = labels.mapping("entitlements.open")
        separator = labels("entitlements.separator")
        gaps = (
            pl.col("missing_columns").list.eval(pl.element().replace(clauses)).list.join(separator)
        )
        before, after = labels("entitlements.verify").split("{reasons}")
        rival = pl.lit(labels("entitlements.rival"))
        opened = pl.col("held") == "open"
        rule_text = pl.when(opened).then(pl.lit(rule.wording)).otherwise(own)
        reasons = pl.concat_str(
            [pl.when(opened).then(gaps), pl.when("rival").then(rival)],
            separator=separator,
            ignore_nulls=True,
        )
        sentence = (
            pl.when(opened | pl.col("rival"))
            .then(pl.concat_str(pl.lit(before), reasons, pl.lit(after), rule_text))
            .otherwise(own)
        )
        others = pl.col("other_groups").list.eval(pl.element().replace(names)).list.join(separator)
        also = pl.concat_str(pl.lit(labels("entitlements.also")), others)
        return pl.concat_str(
            [sentence, pl.when(pl.col("other_groups").list.len() > 0).then(also)],
            ignore_nulls=True,
        )

    def _values(self, rule: Entitlement, register: str, rows: pl.DataFrame) -> pl.Expr:
        """The values the predicate turns on: 名称：值；名称：值."""
        labels, wording = self.rulebook.labels, Wording(self.rulebook.labels)
        names = labels.mapping("entitlements.columns")
        shown = [column for column in rule.predicate(register).columns if column in names]
        return pl.concat_str(
            [
                pl.concat_str(pl.lit(f"{names[column]}："), wording.value(column, rows.schema))
                for column in shown
            ]
            or [pl.lit("")],
            separator="；",
        )

    def _with_evidence_row(self, rows: pl.DataFrame, source: str | None) -> pl.DataFrame:
        """The row of the register the entitlement rests on: where it stands, how firmly it is linked."""
        if source is None:
            return rows.with_columns(
                pl.lit(None, dtype=dtype).alias(name)
                for name, dtype in SCHEMA.items()
                if name.startswith("evidence_") or name == "tier"
            )
        loose = (
            self.found.loose.filter(pl.col("register") == source)
            .select("person", evidence_record="record", loose_tier="tier")
            .unique(["person", "evidence_record"], keep="first", maintain_order=True)
        )
        firm = self.found.rows.filter(pl.col("register") == source).select(
            "person", evidence_record="record", firm_tier="tier"
        )
        lineage = self.evidence.records[source].select(
            pl.col("record").alias("evidence_record"),
            *(pl.col(name).alias(f"evidence_{name}") for name in LINEAGE),
        )
        return (
            rows.with_columns(evidence_record=pl.col(f"{source}_record"))
            .join(firm, on=["person", "evidence_record"], how="left", validate="m:1")
            .join(loose, on=["person", "evidence_record"], how="left", validate="m:1")
            .join(lineage, on="evidence_record", how="left", validate="m:1")
            .with_columns(
                evidence_register=pl.when(pl.col("evidence_record").is_not_null()).then(
                    pl.lit(source)
                ),
                tier=pl.coalesce("firm_tier", "loose_tier"),
            )
        )
