"""Which rules could not be asked, and why: named once a file and column, for the manifest and the receipts."""

import polars as pl

from reconciliation.policy.attributes import absent_fields
from reconciliation.policy.evidence import Evidence
from reconciliation.policy.rules import Policy
from reconciliation.registers.schema import OPTIONAL

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "register": pl.String,
    "source_file": pl.String,
    "field": pl.String,
    "rules": pl.List(pl.String),
}


def switched_off(evidence: Evidence, policy: Policy) -> pl.DataFrame:
    """Rules off for lack of a register or of a column.

    Args:
        evidence: the records tell which columns a file has.
        policy: the whole rulebook, also the rules of registers that were not supplied.

    Returns:
        `register`, `source_file` (null: the register was not supplied), `field` (null likewise), `rules` (List(String), in
        the rulebook's order). A rule that can also rest on other columns is off only as far as it needs this one. Sorted.
    """
    rows: list[tuple[str, str | None, str | None, list[str]]] = []
    for register in OPTIONAL:
        off = [rule.rule for rule in policy.rules if register in rule.needs_registers]
        if off and register not in evidence.supplied:
            rows.append((register, None, None, off))
    for register in sorted(evidence.supplied):
        for file, fields in absent_fields(evidence.records[register], register).iter_rows():
            for field in fields:
                off = [rule.rule for rule in policy.rules if f"{register}.{field}" in rule.needs]
                if off:
                    rows.append((register, file, field, off))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(
        "register", "source_file", "field", nulls_last=False
    )
