"""Who counts in the overlap rates: distinct people, rural dibao only.

What belongs here: what the denominators of 重合率 are made of, which only the policy knows. What does not: the rates themselves
(`reconciliation.publishing.figures.overlap_rates`).
"""

import polars as pl

from reconciliation.policy.attributes import attributes
from reconciliation.policy.columns import UNLIFTED
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook, Side


def distinct_people(evidence: Evidence, rulebook: Rulebook) -> dict[Side, pl.DataFrame]:
    """One row a person of each register.

    Args:
        evidence: records, persons and duplicates are read.
        rulebook: the codes and the as-of date are used.

    Returns:
        `dibao`: `record`, `county` of the rows that are rural dibao; `poverty`: `record`, `county`, `unlifted` (Boolean: 未脱贫,
        返贫, 预脱贫 or 新识别; null: unknown). Of several rows of one person only the one that is linked. Sorted by record.
    """
    return {register: _distinct(evidence, rulebook, register) for register in OTHER}


def _distinct(evidence: Evidence, rulebook: Rulebook, register: Side) -> pl.DataFrame:
    typed = attributes(
        evidence.records[register], register, codes=rulebook.codes, year=rulebook.batch.year
    )
    copies = evidence.duplicates.filter(
        (pl.col("register") == register) & pl.col("representative").not_()
    )
    people = (
        evidence.persons[register]
        .select("record", "county")
        .join(copies, on="record", how="anti")
        .join(typed, on="record", validate="1:1")
        .sort("record")
    )
    if register == "poverty":
        return people.select("record", "county", unlifted=pl.col("lift_status").is_in(UNLIFTED))
    return people.filter((pl.col("assistance_type") == "rural_dibao").fill_null(True)).select(
        "record", "county"
    )
