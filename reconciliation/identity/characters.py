"""Characters compared by class, sound and shape, from the tables in `config/characters`.

What belongs here: what one Chinese character has in common with another. What does not: how names are put together
from characters (`names.py`) and how much a likeness weighs (linkage).

Scores follow the note that comparing sound and shape together beats either (Collender et al. 2020, arXiv 2001.01895):
`sim = 1 - (1 - .80 sound)(1 - .85 shape)`, two variants of one character .96, the same character 1.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import polars as pl

from reconciliation.identity.settings import Mergers
from reconciliation.registers.errors import ConfigurationError

SOUND_WEIGHT = 0.80
SHAPE_WEIGHT = 0.85
VARIANT_SIM = 0.96


@dataclass(frozen=True)
class CharacterTable:
    """What is known about characters.

    Attributes:
        characters: one row a character, by `character`: `character`, `variant` (representative of its class; what
            `name_key` holds), `sound` (usual reading without tone), `surname_sound` (reading at the head of a name),
            `sound_class` and `surname_sound_class` (after the strong mergers), `weak_sound_class` and
            `surname_weak_sound_class` (after the weak ones too): all String; and `readings` List(String): every common
            reading, the one as a surname included.
        looks: one row a pair of representatives that look alike, a < b: `a`, `b` String, `shape` Float64.
        mergers: the sound mergers of the region.
    """

    characters: pl.DataFrame
    looks: pl.DataFrame
    mergers: Mergers

    @classmethod
    def load(cls, folder: Path, mergers: Mergers) -> Self:
        """Read `characters.parquet` and `similar.parquet`.

        Raises:
            ConfigurationError: a file is missing or has not the expected columns; says how to build it.
        """
        try:
            stored = pl.read_parquet(folder / "characters.parquet").sort("character")
            looks = pl.read_parquet(folder / "similar.parquet").select("a", "b", "shape")
            return cls(_with_sounds(stored, mergers), looks.sort("a", "b"), mergers)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise ConfigurationError(
                f"{folder}: character tables unreadable ({type(error).__name__}); build them with build.py there"
            ) from None

    @cached_property
    def variant_map(self) -> dict[str, str]:
        """Character → representative, only where they differ."""
        different = self.characters.filter(pl.col("variant") != pl.col("character"))
        return dict(different.select("character", "variant").iter_rows())

    @cached_property
    def similar(self) -> pl.DataFrame:
        """Look-alike pairs with all scores, a < b: `a`, `b` String, `sound`, `shape`, `sim` Float64."""
        return self.compare(self.looks.select("a", "b"))

    def compare(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """How alike the two characters of each pair are.

        Args:
            pairs: `a`, `b` String, any characters, in any order; further columns stay.

        Returns:
            The pairs in their order with `sound`, `shape`, `sim` (Float64, 0 to 1, 3 places). Characters the tables
            do not know are alike only if equal.
        """
        distinct = pairs.select("a", "b").unique()
        scored = (
            distinct.pipe(self._attach, "a")
            .pipe(self._attach, "b")
            .with_columns(
                _low=pl.min_horizontal("_variant_a", "_variant_b"),
                _high=pl.max_horizontal("_variant_a", "_variant_b"),
            )
            .join(self.looks.rename({"a": "_low", "b": "_high"}), on=["_low", "_high"], how="left")
            .with_columns(
                sound=pl.when(_share("_readings"))
                .then(1.0)
                .when(_share("_strong"))
                .then(self.mergers.strong_likeness)
                .when(_share("_weak"))
                .then(self.mergers.weak_likeness)
                .otherwise(0.0),
                shape=pl.when(pl.col("_low") == pl.col("_high"))
                .then(1.0)
                .otherwise(pl.col("shape").fill_null(0.0)),
            )
            .select("a", "b", "sound", "shape", sim=_sim().round(3))
        )
        return pairs.join(scored, on=["a", "b"], how="left", maintain_order="left")

    def _attach(self, pairs: pl.DataFrame, side: str) -> pl.DataFrame:
        known = self._comparable.select(
            pl.col("character").alias(side), pl.exclude("character").name.suffix(f"_{side}")
        )
        return pairs.join(known, on=side, how="left").with_columns(
            pl.col(f"_variant_{side}").fill_null(pl.col(side))
        )

    @cached_property
    def _comparable(self) -> pl.DataFrame:
        classes = _sound_classes(self.characters["readings"].explode(), self.mergers)
        return self.characters.select(
            "character",
            pl.col("variant").alias("_variant"),
            pl.col("readings").alias("_readings"),
            pl.col("readings")
            .list.eval(_replaced(pl.element(), classes, "strong"))
            .alias("_strong"),
            pl.col("readings").list.eval(_replaced(pl.element(), classes, "weak")).alias("_weak"),
        )


def _with_sounds(stored: pl.DataFrame, mergers: Mergers) -> pl.DataFrame:
    first = pl.col("sounds").list.first()
    surname = pl.coalesce("surname_sound", first)
    classes = _sound_classes(
        pl.concat([stored["sounds"].explode(), stored["surname_sound"]]), mergers
    )
    return stored.select(
        "character",
        "variant",
        sound=first,
        surname_sound=surname,
        sound_class=_replaced(first, classes, "strong"),
        surname_sound_class=_replaced(surname, classes, "strong"),
        weak_sound_class=_replaced(first, classes, "weak"),
        surname_weak_sound_class=_replaced(surname, classes, "weak"),
        readings=pl.concat_list("sounds", surname)
        .list.drop_nulls()
        .list.unique(maintain_order=True),
    )


def _sound_classes(syllables: pl.Series, mergers: Mergers) -> pl.DataFrame:
    distinct = sorted(syllables.drop_nulls().unique().to_list())
    return pl.DataFrame(
        {
            "sound": distinct,
            "strong": [mergers.strong_class(syllable) for syllable in distinct],
            "weak": [mergers.weak_class(syllable) for syllable in distinct],
        },
        schema=dict.fromkeys(("sound", "strong", "weak"), pl.String),
    )


def _replaced(sound: pl.Expr, classes: pl.DataFrame, column: str) -> pl.Expr:
    return sound.replace_strict(
        classes["sound"], classes[column], default=None, return_dtype=pl.String
    )


def _share(prefix: str) -> pl.Expr:
    common = pl.col(f"{prefix}_a").list.set_intersection(f"{prefix}_b")
    return common.list.drop_nulls().list.len() > 0


def _sim() -> pl.Expr:
    mixed = 1 - (1 - SOUND_WEIGHT * pl.col("sound")) * (1 - SHAPE_WEIGHT * pl.col("shape"))
    return (
        pl.when(pl.col("a") == pl.col("b"))
        .then(1.0)
        .when(pl.col("_low") == pl.col("_high"))
        .then(VARIANT_SIM)
        .otherwise(mixed)
    )
