"""Rules about the links and how good they are.

Subject `links`; frames `links`, `persons_dibao`, `persons_poverty`, and what the linkage says of itself: `quality`,
`quality_before` (of the release before, empty where there is none), `calibration`, `judgements`.
"""

from collections.abc import Callable

import polars as pl

from expectations.conditions import Between, Flag, OneOf
from expectations.rule import Frames, Question, Scope, Unit
from reconciliation.registers.schema import TIERS

FRAMES = (
    "links",
    "persons_dibao",
    "persons_poverty",
    "quality",
    "quality_before",
    "calibration",
    "judgements",
)

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


def _quality(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a step of tiers: what the self-test found now, and in the release before; null where it was not made."""
    before = frames["quality_before"].select(
        pl.col("tier"), pl.exclude("tier").name.suffix("_before")
    )
    return frames["quality"].join(before, on="tier", how="left", maintain_order="left")


def _fell(share: str) -> pl.Expr:
    """A share is lower than before by more than the two intervals allow: they no longer meet."""
    return pl.col(f"{share}_high") < pl.col(f"{share}_low_before")


def _both_known(share: str) -> pl.Expr:
    return pl.col(share).is_not_null() & pl.col(f"{share}_before").is_not_null()


def _figures(share: str) -> Callable[[Frames, Scope], str]:
    """The shares that fell, before and now."""

    def detail(frames: Frames, scope: Scope) -> str:
        fallen = _quality(frames, scope).filter(_both_known(share) & _fell(share))
        rows = fallen.select(f"{share}_before", share).iter_rows()
        return "；".join(f"{before:.4f} → {now:.4f}" for before, now in rows)

    return detail


def _bands(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a band of probability."""
    return frames["calibration"]


def _judgements(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a judgement on a pair of people."""
    return frames["judgements"]


QUALITY = Unit("quality", ("tier",), _quality)
BANDS = Unit("bands", ("band",), _bands)
JUDGEMENTS = Unit("judgements", ("dibao_case", "poverty_case"), _judgements)
LINKS = Unit("links", ("dibao_record", "poverty_record"), _links)
FACTS = Unit("facts", (), _facts)


_PROBABILITY = pl.col("probability")
_POINTS = 0.03
"""How far a stated probability may lie outside the interval of what came true."""
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
    Question("Q415", "precision_did_not_fall", "warning", QUALITY, Flag(~_fell("precision"), _both_known("precision")), detail=_figures("precision")),
    Question("Q416", "recall_did_not_fall", "warning", QUALITY, Flag(~_fell("recall"), _both_known("recall")), detail=_figures("recall")),
    Question("Q417", "probabilities_come_true", "warning", BANDS, Flag(pl.col("said").is_between(pl.col("low") - _POINTS, pl.col("high") + _POINTS), pl.col("pairs") > 0)),
    Question("Q418", "judgements_agree", "warning", JUDGEMENTS, Flag(pl.col("state") != "conflict")),
)  # fmt: skip
