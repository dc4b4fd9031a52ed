"""Rules about the links (subject `links`; frames `links`, `persons_dibao`, `persons_poverty`)."""

import polars as pl

from expectations.conditions import Between, Flag, OneOf
from expectations.rule import Frames, Question, Scope, Unit
from reconciliation.registers.schema import TIERS

FRAMES = ("links", "persons_dibao", "persons_poverty")

SETTLED = ("certain", "probable")
"""Tiers that say: the same person. Together they are one-to-one."""

_SIDES = ("dibao", "poverty")


def _links(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a link: the two keys, tier, probability, and what the persons on both sides say about each other."""
    links = frames["links"].select(
        "dibao_record",
        "poverty_record",
        "tier",
        "probability",
        explained=_filled("why"),
        settled=pl.col("tier").is_in(SETTLED).fill_null(False),
    )
    for side in _SIDES:
        people = (
            frames[f"persons_{side}"]
            .select(
                pl.col("record").alias(f"{side}_record"),
                pl.col("sex").alias(f"{side}_sex"),
                pl.lit(True).alias(f"in_{side}"),
            )
            .unique(f"{side}_record", keep="first", maintain_order=True)
        )
        links = links.join(people, on=f"{side}_record", how="left", maintain_order="left")
    return links.with_columns(
        sexes_known=pl.col("dibao_sex").is_not_null() & pl.col("poverty_sex").is_not_null(),
        sexes_agree=pl.col("dibao_sex") == pl.col("poverty_sex"),
        **{f"{side}_alone": _alone(f"{side}_record") for side in _SIDES},
    ).drop("dibao_sex", "poverty_sex")


def _alone(key: str) -> pl.Expr:
    """Among the settled links, the key occurs once."""
    return ~pl.when(pl.col("settled")).then(pl.col(key)).is_duplicated()


def _filled(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.strip_chars() != ""


def _facts(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row: share of each register's persons that a settled link reaches; null where either register is empty."""
    settled = frames["links"].filter(pl.col("tier").is_in(SETTLED))
    people = {side: frames[f"persons_{side}"]["record"].n_unique() for side in _SIDES}
    linked = {
        f"linked_{side}": settled[f"{side}_record"].n_unique() / people[side]
        if all(people.values())
        else None
        for side in _SIDES
    }
    return pl.DataFrame(linked, schema=dict.fromkeys(linked, pl.Float64))


LINKS = Unit("links", ("dibao_record", "poverty_record"), _links)
FACTS = Unit("facts", (), _facts)


_PROBABILITY = pl.col("probability")
_SETTLED = pl.col("settled")
_KEYS = ("dibao_record", "poverty_record")

QUESTIONS = (
    Question("Q401", "dibao_linked_once", "critical", LINKS, Flag(pl.col("dibao_alone"), _SETTLED)),
    Question("Q402", "poverty_linked_once", "critical", LINKS, Flag(pl.col("poverty_alone"), _SETTLED)),
    Question("Q403", "dibao_record_exists", "critical", LINKS, Flag(pl.col("in_dibao"))),
    Question("Q404", "poverty_record_exists", "critical", LINKS, Flag(pl.col("in_poverty"))),
    Question("Q405", "tier_known", "critical", LINKS, OneOf("tier", TIERS)),
    Question("Q406", "probability_in_range", "critical", LINKS, Flag(_PROBABILITY.is_between(0, 1))),
    Question("Q407", "settled_is_likelier_than_not", "critical", LINKS, Flag(_PROBABILITY >= 0.5, _SETTLED)),
    Question("Q408", "certain_is_near_one", "critical", LINKS, Flag(_PROBABILITY >= 0.9, pl.col("tier") == "certain")),
    Question("Q409", "pair_unique", "critical", LINKS, Flag(pl.struct(_KEYS).is_unique())),
    Question("Q410", "link_explained", "critical", LINKS, Flag(pl.col("explained"))),
    Question("Q411", "linked_sexes_agree", "warning", LINKS, Flag(pl.col("sexes_agree"), _SETTLED & pl.col("sexes_known")), 0.98),
    Question("Q412", "possible_is_possible", "warning", LINKS, Flag(_PROBABILITY >= 0.01, pl.col("tier") == "possible"), 0.95),
    Question("Q413", "dibao_share_linked", "warning", FACTS, Between("linked_dibao", 0.02, 0.995)),
    Question("Q414", "poverty_share_linked", "warning", FACTS, Between("linked_poverty", 0.002, 0.995)),
)  # fmt: skip
