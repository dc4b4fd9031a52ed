"""Which entitlements could not be asked, and why: in the shape of the main rules' `switched_off`."""

import polars as pl

from reconciliation.policy.entitlements.cells import FIELDS, absent
from reconciliation.policy.entitlements.settings import Entitlements
from reconciliation.policy.evidence import Evidence
from reconciliation.policy.switches import SCHEMA
from reconciliation.registers.schema import OPTIONAL


def entitlements_off(evidence: Evidence, entitlements: Entitlements) -> pl.DataFrame:
    """Entitlements off for lack of a register or of a column.

    Args:
        evidence: the records tell which columns a file has.
        entitlements: all lists.

    Returns:
        Columns of `reconciliation.policy.switches.SCHEMA`, sorted; the rules in their order.
    """
    rules = [rule for made in entitlements.lists for rule in made.entitlements]
    rows: list[tuple[str, str | None, str | None, list[str]]] = []
    for register in OPTIONAL:
        asked = [
            rule.rule
            for rule in rules
            if register in rule.needs_registers or tuple(rule.registers) == (register,)
        ]
        if asked and register not in evidence.supplied:
            rows.append((register, None, None, asked))
    for register in sorted(evidence.supplied & set(FIELDS)):
        for file, lacking in absent(evidence.records[register], register).iter_rows():
            for need in lacking:
                off = [rule.rule for rule in rules if need in rule.needs]
                if off:
                    rows.append((register, file, need.partition(".")[2], off))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort(
        "register", "source_file", "field", nulls_last=False
    )
