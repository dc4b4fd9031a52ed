"""The sample of households for field checks (明察暗访, 重点督查): random, and more of what needs looking at.

What belongs here: what a household is, its risk, its stratum and its row. What does not: the drawing itself (`sampling.py`).

A stratum is a county, so that every county is represented; households whose county is unknown are a stratum of their own. Each row
states the probability with which its household was drawn, so that rates can be estimated (weight 1 / probability).
"""

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reconciliation.policy.entitlements.field_check_settings import FieldCheck
from reconciliation.policy.entitlements.rows import SCHEMA
from reconciliation.policy.entitlements.sampling import (
    inclusion_probabilities,
    keyed_uniform,
    pareto_order,
)
from reconciliation.policy.entitlements.totals import with_household_keys
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook
from reconciliation.policy.judge import Judgement
from reconciliation.registers.schema import ACTIONABLE, LINEAGE

RANDOM, FOCUSED = "random", "focused"
SAMPLE_SCHEMA: Final[dict[str, Any]] = SCHEMA | {
    "members": pl.Int64, "risk_weight": pl.Float64, "stratum_households": pl.Int64, "stratum_sample": pl.Int64,
    "inclusion_probability": pl.Float64, "design_weight": pl.Float64,
}  # fmt: skip
"""A drawn household; `record` is its head's (else its first) row. Probability and weight are rounded to 6 places."""
_PLACES: Final = ("county", "town", "village")


@dataclass(frozen=True)
class Sampler:
    """Draws the sample of one batch.

    Attributes:
        settings: seed, sizes, risks.
        rulebook: severities, wording, as-of date.
    """

    settings: FieldCheck
    rulebook: Rulebook

    def sample(self, evidence: Evidence, judgement: Judgement) -> pl.DataFrame:
        """The households to visit.

        Args:
            evidence: persons and records are read.
            judgement: households and what was found of their members.

        Returns:
            Columns of `SAMPLE_SCHEMA`, sorted by county, town, village, register, household.
        """
        units = self._units(evidence, judgement).pipe(self._with_weight)
        drawn = self._drawn(units)
        return self._written(drawn, evidence)

    def _units(self, evidence: Evidence, judgement: Judgement) -> pl.DataFrame:
        """One row a household of either register, both counterparts being one, with `RISK_COLUMNS` and its first member."""
        members = pl.concat(
            evidence.persons[register].select(
                pl.lit(register).alias("register"),
                "record",
                "household",
                *_PLACES,
                "is_head",
            )
            for register in sorted(OTHER)
        )
        found = self._found(judgement)
        return (
            with_household_keys(members, judgement.households)
            .join(found, on=["register", "record"], how="left", validate="1:1")
            .sort("key", "register", pl.col("is_head").fill_null(False).not_(), "record")
            .group_by("key", maintain_order=True)
            .agg(
                pl.col("register", "record", "household").first(),
                *(pl.col(place).drop_nulls().first() for place in _PLACES),
                (pl.col("register") == "dibao").any().alias("on_dibao"),
                (pl.col("register") == "poverty").any().alias("on_poverty"),
                pl.max_horizontal(
                    (pl.col("register") == register).sum() for register in OTHER
                ).cast(pl.Int64).alias("members"),
                *(pl.col(name).fill_null(False).any() for name in _FOUND),
            )
            .pipe(_with_content, evidence)
        )  # fmt: skip

    def _found(self, judgement: Judgement) -> pl.DataFrame:
        """What the main rules say of each record: `register`, `record` and the columns of `_FOUND`."""
        severe = [rule.rule for rule in self.rulebook.policy.rules if rule.severity == "high"]
        disposition = pl.col("disposition")
        decided = judgement.dispositions.select(
            "register",
            "record",
            exit_proposed=disposition.str.starts_with("exit_"),
            inclusion_proposed=disposition.str.starts_with("include_"),
            to_check=disposition.is_in(ACTIONABLE),
        )
        high = (
            judgement.findings.filter(pl.col("rule").is_in(severe))
            .select("register", "record", high_severity=pl.lit(True))
            .unique()
        )
        return decided.join(high, on=["register", "record"], how="left", validate="1:1")

    def _with_weight(self, units: pl.DataFrame) -> pl.DataFrame:
        """`risk_weight`, and `reasons` (List(String)): the risks the household has."""
        for level, flag in (
            ("town", "deep_town"),
            ("village", "deep_village"),
            ("county", "deep_county"),
        ):
            deep = self.settings.deep(level)
            units = units.join(
                deep.with_columns(pl.lit(True).alias(flag)),
                on=deep.columns,
                how="left",
                maintain_order="left",
                validate="m:1",
            ).with_columns(pl.col(flag).fill_null(False))
        risks = list(zip(self.settings.risks, self.settings.predicates, strict=True))
        weight = pl.lit(1.0)
        for risk, predicate in risks:
            weight = weight * pl.when(predicate.expression).then(risk.weight).otherwise(1.0)
        names = [pl.when(predicate.expression).then(pl.lit(risk.name)) for risk, predicate in risks]
        nothing = pl.lit([], dtype=pl.List(pl.String))
        return units.with_columns(
            risk_weight=weight,
            reasons=pl.concat_list(names).list.drop_nulls() if names else nothing,
        )

    def _drawn(self, units: pl.DataFrame) -> pl.DataFrame:
        """The households drawn in each county."""
        settings = self.settings
        key = f"{settings.seed}|{self.rulebook.batch.isoformat()}"
        numbered = units.with_columns(
            uniform=pl.Series(keyed_uniform(units["content"], key), dtype=pl.Float64)
        )
        parts = []
        for (county,), mine in numbered.partition_by("county", as_dict=True).items():
            size = settings.counties.get(str(county), settings.per_county)
            if mine["deep_county"].any():
                size = round(size * settings.deep_county_factor)
            p = inclusion_probabilities(mine["risk_weight"].to_numpy(), size)
            order = pareto_order(mine["uniform"].to_numpy(), p)
            parts.append(
                mine.with_columns(
                    inclusion_probability=pl.Series(p, dtype=pl.Float64).round(6),
                    order=pl.Series(order, dtype=pl.Float64),
                    stratum_households=pl.lit(mine.height, dtype=pl.Int64),
                    stratum_sample=pl.lit(min(size, mine.height), dtype=pl.Int64),
                )
                # Households that say exactly the same of themselves are told apart by their number.
                .sort("order", "content", "record")
                .head(size)
            )
        return pl.concat([numbered.clear().with_columns(_DRAWN), *parts])

    def _written(self, drawn: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        settings, labels = self.settings, self.rulebook.labels
        parts = []
        for register in sorted(OTHER):
            mine = drawn.filter(pl.col("register") == register)
            people = evidence.persons[register].select("record", "name", "id_number", "relation")
            source = evidence.records[register].select("record", *LINEAGE)
            parts.append(mine.join(people, on="record").join(source, on="record"))
        focused = pl.col("reasons").list.len() > 0
        texts = labels.mapping("entitlements.field_check")
        group = pl.when(focused).then(pl.lit(FOCUSED)).otherwise(pl.lit(RANDOM))
        return (
            pl.concat(parts)
            .with_columns(
                rule=pl.lit(settings.rule),
                group=group,
                group_name=group.replace(texts),
                status=pl.lit("verify"),
                why=_sentence(texts["why"], texts["reasons"], labels("entitlements.separator")),
                wording=pl.lit(settings.wording),
                legal_basis=pl.lit(settings.legal_basis),
                to_check=pl.lit(settings.to_check),
                owner=pl.lit(settings.owner),
                data_dates=pl.lit(
                    labels("policy.data_dates", batch=self.rulebook.batch.isoformat())
                ),
                other_groups=pl.lit([], dtype=pl.List(pl.String)),
                design_weight=(1.0 / pl.col("inclusion_probability")).round(6),
            )
            .pipe(_completed)
            .sort(*_PLACES, "register", "household", nulls_last=True)
        )


_FOUND: Final = ("exit_proposed", "inclusion_proposed", "to_check", "high_severity")
_DRAWN: Final = (
    pl.lit(None, dtype=pl.Float64).alias("inclusion_probability"),
    pl.lit(None, dtype=pl.Float64).alias("order"),
    pl.lit(None, dtype=pl.Int64).alias("stratum_households"),
    pl.lit(None, dtype=pl.Int64).alias("stratum_sample"),
)


def _with_content(units: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """`content`: what the first row says of its person and place, as one text: neither where it stands nor how it is numbered."""
    said = [
        pl.col(name).cast(pl.String).fill_null("")
        for name in (*_PLACES, "id_number", "id_partial", "name_key", "birth_date", "relation")
    ]
    rows = [
        evidence.persons[register]
        .join(units.filter(pl.col("register") == register), on="record", how="semi")
        .select(
            pl.lit(register).alias("register"),
            "record",
            content=pl.concat_str(said, separator="|"),
        )
        for register in sorted(OTHER)
    ]
    return units.join(
        pl.concat(rows),
        on=["register", "record"],
        how="left",
        maintain_order="left",
        validate="1:1",
    )


def _sentence(why: str, reasons: str, separator: str) -> pl.Expr:
    """`why` and, where there are any, `reasons`, each with its one {…} filled."""
    figures = pl.format(why, "stratum_households", "stratum_sample", "inclusion_probability")
    named = pl.format(reasons, pl.col("reasons").list.join(separator))
    return pl.concat_str(
        [figures, pl.when(pl.col("reasons").list.len() > 0).then(named)], ignore_nulls=True
    )


def _completed(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of `SAMPLE_SCHEMA`; what a household drawn for a visit has not (amount, evidence row) is null."""
    missing = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in SAMPLE_SCHEMA.items()
        if name not in rows.columns
    ]
    return rows.with_columns(missing).select(*SAMPLE_SCHEMA).cast(pl.Schema(SAMPLE_SCHEMA))
