"""Rules about what is about to be published (subject `lists`).

Frames: `dispositions`; `lists`, all lists one below the other (`list`, `register`, `record`, `rule`, `why`); `links`;
`evidence_links`; `duplicates`; `persons_dibao`, `persons_poverty`; `tie_outs` (`reconciliation.publishing.tie_outs`).
"""

import polars as pl

from expectations.conditions import Between, Flag, OneOf
from expectations.rule import Frames, Question, Scope, Unit, share
from reconciliation.publishing.tie_outs import SCHEMA
from reconciliation.registers.schema import LISTS, REQUIRED

FRAMES = (
    "dispositions",
    "lists",
    "links",
    "evidence_links",
    "duplicates",
    "persons_dibao",
    "persons_poverty",
    "tie_outs",
)

EXITS = ("exit_dibao", "exit_poverty")
INCLUDES = ("include_dibao", "include_poverty")

REGISTER_OF_LIST = {
    "include_dibao": "poverty",
    "exit_dibao": "dibao",
    "include_poverty": "dibao",
    "exit_poverty": "poverty",
}
"""Whose records a proposal names: someone to be included is, so far, only on the other register."""

DEATHS = "deaths"
DEATH_EXIT = "C8"
"""The exit that rests on a link to the list of deaths, not on a link between the two registers."""

ANSWERED_EXIT = "C16"
"""The exit that rests on a county's confirmed answer, so on no link at all."""


def _records(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a record of the two registers found in any of three places.

    Columns: `register`, `record`, `persons`, `dispositions`, `listed` (how often), `disposition`, `list`.
    """
    people = pl.concat(
        frames[f"persons_{register}"].select(pl.lit(register).alias("register"), "record")
        for register in REQUIRED
    )
    key = ["register", "record"]
    decided = _of_required(frames["dispositions"])
    listed = _of_required(frames["lists"])
    counts = ("persons", "dispositions", "listed")
    return (
        people.group_by(key)
        .agg(persons=pl.len())
        .join(
            decided.group_by(key).agg(pl.col("disposition").min(), dispositions=pl.len()),
            on=key, how="full", coalesce=True, nulls_equal=True,
        )
        .join(
            listed.group_by(key).agg(pl.col("list").min(), listed=pl.len()),
            on=key, how="full", coalesce=True, nulls_equal=True,
        )
        .with_columns(pl.col(counts).fill_null(0))
    )  # fmt: skip


def _of_required(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of the two registers, and rows that do not say of which register they are."""
    return frame.filter(pl.col("register").is_in(REQUIRED).fill_null(True))


def _dispositions(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a disposition."""
    return frames["dispositions"].select("register", "record", "disposition")


def _list_rows(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a list row: where it stands, whether it is explained, and what links its record has.

    Columns: `list`, `register`, `record`, `rule`, `explained`, `linked` and `linked_for_certain` (to the other register),
    `dead` and `dead_for_certain` (to the list of deaths). Copies of a person share the links of all of them.
    """
    key = ["register", "record"]
    across = pl.concat(
        frames["links"].select(
            pl.lit(register).alias("register"),
            pl.col(f"{register}_record").alias("record"),
            "tier",
        )
        for register in REQUIRED
    )
    dead = frames["evidence_links"].filter(pl.col("evidence_register") == DEATHS)
    person = pl.coalesce("group", "record").alias("person")
    copies = (
        frames["duplicates"].select(*key, "group").unique(key, keep="first", maintain_order=True)
    )
    answers = ("linked", "linked_for_certain", "dead", "dead_for_certain")
    return (
        frames["lists"]
        .select("list", *key, "rule", explained=_filled("rule") & _filled("why"))
        .join(copies, on=key, how="left", maintain_order="left")
        .with_columns(person)
        .join(
            _tiers(across, copies, "linked"),
            on=["register", "person"],
            how="left",
            maintain_order="left",
        )
        .join(
            _tiers(dead, copies, "dead"),
            on=["register", "person"],
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col(answers).fill_null(False))
        .drop("group", "person")
    )


def _tiers(links: pl.DataFrame, copies: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row a person with links: `register`, `person` (its smallest copy), `<name>` (true), `<name>_for_certain`."""
    return (
        links.select("register", "record", "tier")
        .join(copies, on=["register", "record"], how="left")
        .group_by("register", person=pl.coalesce("group", "record"))
        .agg(
            pl.lit(True).alias(name),
            (pl.col("tier") == "certain").fill_null(False).any().alias(f"{name}_for_certain"),
        )
    )


def _filled(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.strip_chars() != ""


def _tie_outs(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row an equation."""
    return frames["tie_outs"].select(*SCHEMA)


def _facts(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row: number of equations, and each proposal's and `verify`'s share of the register's records."""
    dispositions = frames["dispositions"].select("register", "disposition")
    on_list = pl.col("disposition")
    shares = {
        f"share_{name}": share(
            (pl.col("register").eq(register) & on_list.eq(name)).sum(),
            pl.col("register").eq(register).sum(),
        )
        for name, register in REGISTER_OF_LIST.items()
    }
    return dispositions.select(
        tie_outs=pl.lit(frames["tie_outs"].height),
        share_verify=share(on_list.eq("verify").sum(), pl.len()),
        **shares,
    )


RECORDS = Unit("records", ("register", "record"), _records)
DISPOSITIONS = Unit("dispositions", ("register", "record"), _dispositions)
ROWS = Unit("list_rows", ("list", "register", "record"), _list_rows)
EQUATIONS = Unit("tie_outs", ("tie_out", "register"), _tie_outs)
FACTS = Unit("facts", (), _facts)


_IS_EXIT = pl.col("list").is_in(EXITS)
_BY_OTHER_PROOF = pl.col("rule").is_in([DEATH_EXIT, ANSWERED_EXIT]).fill_null(False)
_OWN_REGISTER = pl.col("list").replace_strict(
    REGISTER_OF_LIST, default=None, return_dtype=pl.String
)
_ONE = (pl.col("persons") == 1) & (pl.col("dispositions") == 1)

QUESTIONS = (
    Question("Q501", "one_disposition_per_record", "critical", RECORDS, Flag(_ONE)),
    Question("Q502", "disposition_known", "critical", DISPOSITIONS, OneOf("disposition", LISTS)),
    Question("Q503", "tie_outs_hold", "critical", EQUATIONS, Flag(pl.col("expected") == pl.col("found"))),
    Question("Q504", "tie_outs_made", "critical", FACTS, Between("tie_outs", low=1)),
    Question("Q505", "lists_disjoint", "critical", RECORDS, Flag(pl.col("listed") == 1, pl.col("listed") > 0)),
    Question("Q506", "list_is_disposition", "critical", RECORDS, Flag(pl.col("list") == pl.col("disposition"))),
    Question("Q507", "list_known", "critical", ROWS, OneOf("list", LISTS)),
    Question("Q508", "row_explained", "critical", ROWS, Flag(pl.col("explained"))),
    Question("Q509", "exit_rests_on_certain_link", "critical", ROWS, Flag(pl.col("linked_for_certain"), _IS_EXIT & pl.col("linked") & ~_BY_OTHER_PROOF)),
    Question("Q510", "death_exit_rests_on_certain_link", "critical", ROWS, Flag(pl.col("dead_for_certain"), _IS_EXIT & (pl.col("rule") == DEATH_EXIT))),
    Question("Q511", "include_without_counterpart", "critical", ROWS, Flag(~pl.col("linked"), pl.col("list").is_in(INCLUDES))),
    Question("Q512", "proposal_names_right_register", "critical", ROWS, Flag(pl.col("register") == _OWN_REGISTER, _OWN_REGISTER.is_not_null())),
    Question("Q513", "exit_dibao_share", "warning", FACTS, Between("share_exit_dibao", high=0.3)),
    Question("Q514", "exit_poverty_share", "warning", FACTS, Between("share_exit_poverty", high=0.1)),
    Question("Q515", "include_dibao_share", "warning", FACTS, Between("share_include_dibao", high=0.5)),
    Question("Q516", "include_poverty_share", "warning", FACTS, Between("share_include_poverty", high=0.5)),
    Question("Q517", "verify_share", "warning", FACTS, Between("share_verify", high=0.5)),
)  # fmt: skip
