"""Which row of this batch is which case, as far as earlier releases know.

What belongs here: the way from a case key to a row, for what must know it before this batch's own cases are made (judgements on
links). What does not: making cases (`advance`). Somebody who was away in the last release and is back is not found here; from the
next batch on they are.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from reconciliation.ledger.advance import Before
from reconciliation.ledger.carry import carry

PEOPLE_SCHEMA = {"case_key": pl.String, "register": pl.String, "record": pl.Int64}


def known_people(earlier: Sequence[Before], persons: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Find the rows of the cases that earlier releases made.

    Args:
        earlier: the releases to ask, the first one that knows a case decides.
        persons: `persons_<register>` of this batch, by register.

    Returns:
        `case_key`, `register`, `record` (of this batch), each case once; sorted by all three.
    """
    found = pl.DataFrame(schema=PEOPLE_SCHEMA)
    for before in earlier:
        for register, now in sorted(persons.items()):
            cases = before.cases.filter(pl.col("register") == register).drop_nulls("record")
            rows = carry(before.persons[register], now).join(
                cases.select("case_key", "register", record_before="record"), on="record_before"
            )
            new = rows.select(*PEOPLE_SCHEMA).join(found, on="case_key", how="anti")
            found = pl.concat([found, new])
    return found.sort(*PEOPLE_SCHEMA)
