"""An invented province in the frames the policy takes (docs/frames.md): households, their people, links, evidence.

Every figure is invented; nothing here describes a real place or person. Only the columns the policy and the lists read are made.
Shares follow the plan of a province: a third of the dibao people on the poverty list, most of that list lifted, some blanks.
"""

from typing import Final

import numpy as np
import polars as pl

from benchmarks.policy.people import (
    HOUSEHOLD_SIZES,
    Family,
    evidence_persons,
    pick,
    register_people,
)
from reconciliation.linkage.arrays import Ints
from reconciliation.policy.evidence import Evidence
from reconciliation.registers.schema import REGISTERS

DIBAO_SHARE: Final = 0.26
"""Families on the dibao register, and below on both, over all families made."""
BOTH_SHARE: Final = 0.09
_TIERS: Final = {"certain": 0.94, "probable": 0.03, "possible": 0.03}
_LISTED: Final = {
    "tekun": 0.004,
    "urban_dibao": 0.002,
    "deaths": 0.004,
    "moved_away": 0.003,
    "asset_hits": 0.004,
    "relocation": 0.04,
    "officials_kin": 0.002,
    "disability_certificates": 0.03,
}
"""Share of the people of either register on each evidence register."""
_COPIES: Final = 0.003


def make_evidence(people: int, seed: int) -> Evidence:
    """A province of about so many rows on both registers together.

    Returns:
        Evidence of all registers the policy knows, each frame sorted by its key as the stages before write it.
    """
    dice = np.random.default_rng([seed, 5])
    mean = sum(size * share for size, share in HOUSEHOLD_SIZES.items())
    families = int(people / mean / (1 + BOTH_SHARE))
    drawn = dice.random(families)
    on = {"dibao": drawn < DIBAO_SHARE, "poverty": drawn >= DIBAO_SHARE - BOTH_SHARE}
    family = Family.invent(on, dice)
    sides = {name: register_people(family, on[name], name, dice) for name in on}
    records = {name: side.records for name, side in sides.items()}
    persons = {name: side.persons for name, side in sides.items()}
    listed = []
    for name, share in _LISTED.items():
        found = {
            register: dice.permutation(side.persons.height)[: int(side.persons.height * share)] + 1
            for register, side in sides.items()
        }
        records[name], persons[name] = evidence_persons(name, found, persons, dice)
        listed.append(_evidence_links(name, found, dice))
    return Evidence(
        records={name: records[name] for name in REGISTERS if name in records},
        persons={name: persons[name] for name in REGISTERS if name in persons},
        links=_links(sides["dibao"].rows, sides["poverty"].rows, dice),
        evidence_links=pl.concat(listed).sort(
            "register", "record", "evidence_register", "evidence_record"
        ),
        duplicates=pl.concat(_duplicates(name, frame, dice) for name, frame in persons.items()),
    )


def _links(dibao: pl.DataFrame, poverty: pl.DataFrame, dice: np.random.Generator) -> pl.DataFrame:
    """Of the people on both registers nearly all are linked."""
    pairs = (
        dibao.rename({"record": "dibao_record"})
        .join(poverty.rename({"record": "poverty_record"}), on="person", validate="1:1")
        .sort("dibao_record")
    )
    kept = pairs.filter(pl.Series(dice.random(pairs.height) < 0.985))
    return kept.select(
        "dibao_record",
        "poverty_record",
        tier=pick(_TIERS, kept.height, dice),
        probability=pl.Series(dice.random(kept.height)).round(6),
    )


def _evidence_links(name: str, found: dict[str, Ints], dice: np.random.Generator) -> pl.DataFrame:
    """The people of either register drawn for an evidence register, whose rows are numbered in their order."""
    counts = {register: len(rows) for register, rows in found.items()}
    frame = pl.DataFrame(
        {
            "register": np.repeat(list(counts), list(counts.values())),
            "record": np.concatenate(list(found.values())),
        }
    )
    return frame.select(
        "register",
        pl.col("record").cast(pl.Int64),
        evidence_register=pl.lit(name),
        evidence_record=pl.int_range(1, pl.len() + 1),
        tier=pick(_TIERS, frame.height, dice),
        probability=pl.Series(dice.random(frame.height)).round(6),
    )


def _duplicates(register: str, persons: pl.DataFrame, dice: np.random.Generator) -> pl.DataFrame:
    """Pairs of rows of one register that are one person."""
    pairs = int(persons.height * _COPIES)
    rows = np.sort(dice.permutation(persons.height)[: 2 * pairs].reshape(-1, 2) + 1, axis=1)
    return pl.DataFrame(
        {
            "record": rows.reshape(-1),
            "group": np.repeat(rows[:, 0], 2),
            "representative": np.tile([True, False], pairs),
        }
    ).select(
        pl.lit(register).alias("register"),
        pl.col("record").cast(pl.Int64),
        pl.col("group").cast(pl.Int64),
        "representative",
        basis=pl.lit("same_number"),
        why=pl.lit("同册两条记录身份证号相同"),
    )
