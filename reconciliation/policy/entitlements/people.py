"""Who is who over all registers: the rows of one person, and the rows that only may be theirs.

What belongs here: persons put together from links and copies. What does not: what their rows say (`facts.py`).

A link makes two rows one person where it is certain, or probable with names that agree; between dibao and the poverty list, whose
links are one-to-one, any certain or probable one. Where that would make one person of two people of dibao or of the poverty
list, the links contradict each other: nobody there is put together, and all of them only may be.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from reconciliation.identity.numbers import GOOD_QUALITIES
from reconciliation.policy.evidence import Evidence
from reconciliation.registers.schema import REQUIRED

MATCHED: Final = (
    "dibao", "poverty", "tekun", "urban_dibao", "severe_mental_illness", "relocation", "disability_certificates",
    "disability_payments",
)  # fmt: skip
"""The registers whose rows are put together."""
LINKED: Final = (
    ("tekun", "deaths"),
    ("tekun", "severe_mental_illness"),
    ("urban_dibao", "deaths"),
    ("urban_dibao", "disability_certificates"),
    ("urban_dibao", "disability_payments"),
    ("severe_mental_illness", "deaths"),
    ("disability_certificates", "deaths"),
    ("disability_certificates", "disability_payments"),
    ("disability_payments", "deaths"),
)
"""The pairs of optional registers that must be linked beside what the main rules need."""
TIERS: Final = {"certain": 0, "probable": 1, "possible": 2}


@dataclass(frozen=True)
class People:
    """The persons behind the rows.

    Attributes:
        rows: `register`, `record`, `person` (Int64, the same for all rows of a person), `first` (Boolean: the row that stands
            for the person in its register), `tier` (String: the firmest link of the row to another of its person; null
            where there is none), `tangled` (Boolean: its links contradict each other).
        loose: `person`, `register`, `record`, `tier`, `other` (Int64, the person that row belongs to): a row that may be the
            person's and surely is not; in both directions.
    """

    rows: pl.DataFrame
    loose: pl.DataFrame


def people(evidence: Evidence) -> People:
    """Put the rows of each person together.

    Args:
        evidence: persons, links, links to the optional registers (also those of `LINKED`) and duplicates are read.

    Returns:
        The persons of the registers of `MATCHED` that were supplied.
    """
    nodes = _nodes(evidence)
    ties = _ties(evidence, nodes)
    sure = ties.filter("sure")
    joined = nodes.with_columns(
        cluster=_components(
            nodes.height,
            pl.concat([sure["node_a"], nodes["node"]]),
            pl.concat([sure["node_b"], nodes["copy_of"]]),
        )
    )
    main = pl.col("register").is_in(REQUIRED)
    tangled = (
        joined.filter(main)
        .group_by("cluster", "register")
        .agg(pl.col("copy_of").n_unique().alias("people"))
        .filter(pl.col("people") > 1)["cluster"]
        .unique()
    )
    in_tangle = pl.col("cluster").is_in(tangled.implode())
    persons = joined.with_columns(
        tangled=in_tangle, person=pl.when(in_tangle).then("copy_of").otherwise("cluster")
    )
    ranked = persons.sort(
        "person", "register", pl.col("representative").not_(), "record"
    ).with_columns(first=pl.struct("person", "register").is_first_distinct())
    ends = _ends(ties, persons.select("node", "register", "record", "person"))
    firm = _firmest(ends.filter(pl.col("person") == pl.col("other")), ["register", "record"])
    rows = ranked.join(firm, on=["register", "record"], how="left", maintain_order="left")
    return People(
        rows=rows.select("register", "record", "person", "first", "tier", "tangled").sort(
            "register", "record"
        ),
        loose=_firmest(
            ends.filter(pl.col("person") != pl.col("other")).select(
                pl.col("other").alias("person"), "register", "record", "tier", other="person"
            ),
            ["person", "register", "record", "other"],
        ),
    )


def _nodes(evidence: Evidence) -> pl.DataFrame:
    """Every row of the registers: `node` (0, 1, …), `register`, `record`, `copy_of` (node), `representative`."""
    parts = []
    for register in MATCHED:
        if register not in evidence.supplied:
            continue
        persons = evidence.persons[register]
        if register in REQUIRED:
            parts.append(_with_groups(persons, evidence.duplicates, register))
        else:
            parts.append(_with_same_number(persons, register))
    nodes = pl.concat(parts).with_row_index("node").with_columns(pl.col("node").cast(pl.Int64))
    originals = nodes.select("register", "node", original="record")
    return nodes.join(
        originals.rename({"node": "copy_of"}),
        on=["register", "original"],
        how="left",
        maintain_order="left",
    ).drop("original")


def _with_groups(persons: pl.DataFrame, duplicates: pl.DataFrame, register: str) -> pl.DataFrame:
    groups = duplicates.filter(pl.col("register") == register).select(
        "record", "group", "representative"
    )
    return (
        persons.select("record")
        .join(groups, on="record", how="left", maintain_order="left")
        .select(
            pl.lit(register).alias("register"),
            "record",
            original=pl.coalesce("group", "record"),
            representative=pl.col("representative").fill_null(True),
        )
    )


def _with_same_number(persons: pl.DataFrame, register: str) -> pl.DataFrame:
    """Rows of an optional register with one sound number and one name are one person; the first stands for them."""
    sound = (
        pl.col("id_quality").is_in(GOOD_QUALITIES)
        & pl.col("id_number").is_not_null()
        & pl.col("name_key").is_not_null()
    )
    shared = pl.col("record").min().over("id_number", "name_key")
    return persons.with_columns(original=pl.when(sound).then(shared).otherwise("record")).select(
        pl.lit(register).alias("register"),
        "record",
        "original",
        representative=pl.col("record") == pl.col("original"),
    )


def _ties(evidence: Evidence, nodes: pl.DataFrame) -> pl.DataFrame:
    """`node_a`, `node_b`, `tier`, `sure` of every link between the registers."""
    number = nodes.select("register", "record", "node")
    main = evidence.links.select(
        register=pl.lit("dibao"),
        record="dibao_record",
        evidence_register=pl.lit("poverty"),
        evidence_record="poverty_record",
        tier="tier",
        sure=pl.col("tier") != "possible",
    )
    further = [
        _with_sureness(found, evidence, *pair)
        for pair, found in evidence.evidence_links.select(main.columns[:-1])
        .partition_by("register", "evidence_register", as_dict=True)
        .items()
        if set(pair) <= evidence.supplied & set(MATCHED)
    ]
    return (
        pl.concat([main, *further])
        .join(number.rename({"node": "node_a"}), on=["register", "record"])
        .join(
            number.rename(
                {"node": "node_b", "register": "evidence_register", "record": "evidence_record"}
            ),
            on=["evidence_register", "evidence_record"],
        )
        .select("node_a", "node_b", "tier", "sure")
        .sort("node_a", "node_b")
    )


def _with_sureness(
    found: pl.DataFrame, evidence: Evidence, register: str, other: str
) -> pl.DataFrame:
    """`sure`: certain, or probable and both names are there in full and of one comparison class."""
    agrees = (pl.col("name_key") == pl.col("name_key_there")).fill_null(False)
    certain, probable = pl.col("tier") == "certain", pl.col("tier") == "probable"
    return (
        found.join(_full_names(evidence.persons[register], "record"), on="record", how="left")
        .join(
            _full_names(evidence.persons[other], "evidence_record"),
            on="evidence_record",
            how="left",
            suffix="_there",
        )
        .select(*found.columns, sure=certain | (probable & agrees))
    )


def _full_names(persons: pl.DataFrame, key: str) -> pl.DataFrame:
    full = pl.when(pl.col("name_kind") == "full").then("name_key")
    return persons.select(pl.col("record").alias(key), name_key=full)


def _components(size: int, a: pl.Series, b: pl.Series) -> pl.Series:
    """The smallest node of each node's component."""
    graph = coo_array(
        (np.ones(len(a), dtype=np.int8), (a.to_numpy(), b.to_numpy())), shape=(size, size)
    )
    label = connected_components(graph, directed=False)[1]
    smallest = np.unique(label, return_index=True)[1]
    return pl.Series(smallest[label], dtype=pl.Int64)


def _ends(ties: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Both ends of every tie: the row there (`register`, `record`, `person`), the person at its `other` end, `tier`."""
    owner = persons.select("node", other="person")
    return pl.concat(
        ties.select(node=near, far=far, tier="tier")
        .join(persons, on="node")
        .join(owner.rename({"node": "far"}), on="far")
        .select("register", "record", "person", "other", "tier")
        for near, far in (("node_a", "node_b"), ("node_b", "node_a"))
    )


def _firmest(ends: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The firmest tier by key, sorted."""
    order = pl.col("tier").replace_strict(TIERS, return_dtype=pl.Int8)
    return (
        ends.sort(*keys, order)
        .unique(keys, keep="first", maintain_order=True)
        .select(*keys, "tier")
    )
