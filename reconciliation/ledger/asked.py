"""Which finding each row of a list asks about.

What belongs here: the way from the rows of a list to the ledger. What does not: the lists (`policy.lists`) and the states.
"""

import polars as pl


def with_findings(rows: pl.DataFrame, ledger: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """The rows of a list with the finding each asks about.

    Args:
        rows: `register`, `record`, `rule`, `counterpart_register`, `counterpart_record`.
        ledger: docs/frames.md, of the same batch.
        cases: docs/frames.md, of the same batch.

    Returns:
        The rows in their order with `case_key`, `counterpart_case` (null where nobody else is named) and `state`.
    """
    here = cases.drop_nulls("record").select("case_key", "register", "record")
    others = here.rename(
        {
            "case_key": "counterpart_case",
            "register": "counterpart_register",
            "record": "counterpart_record",
        }
    )
    states = ledger.select("case_key", "register", "rule", "state")
    return (
        rows.join(
            here, on=["register", "record"], how="left", validate="m:1", maintain_order="left"
        )
        .join(
            others,
            on=["counterpart_register", "counterpart_record"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .join(
            states,
            on=["case_key", "register", "rule"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
    )
