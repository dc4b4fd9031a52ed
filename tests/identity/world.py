"""Invented people for the identity tests, and the committed config."""

from functools import cache
from pathlib import Path

import polars as pl
from hypothesis import settings
from stdnum.iso7064 import mod_11_2

from reconciliation.identity.characters import CharacterTable
from reconciliation.identity.persons import identify
from reconciliation.identity.places import Places
from reconciliation.identity.settings import IdentitySettings
from reconciliation.registers.codes import CodeTables
from reconciliation.registers.schema import REGISTERS

EXAMPLES = settings(deadline=None, max_examples=50)
"""For property tests: the clock of a shared machine says nothing about the code."""

CONFIG = Path(__file__).parents[2] / "config"
SETTINGS = IdentitySettings.load(CONFIG / "identity.yaml")
CHARACTERS = CharacterTable.load(CONFIG / "characters", SETTINGS.mergers)
PLACES = Places.load(CONFIG / "places")


@cache
def codes():
    return CodeTables.load(CONFIG / "codes.yaml")


def number(first_17):
    """A valid resident ID from its first 17 digits (check digit by python-stdnum)."""
    return first_17 + mod_11_2.calc_check_digit(first_17)


def records(register, *rows):
    """A `records_<register>` frame: columns nobody names are absent (null), cells left out of a row are blank."""
    named = {key for row in rows for key in row}
    columns = {"record": list(range(1, len(rows) + 1)), "source_file": ["一.csv"] * len(rows)}
    for field in REGISTERS[register].columns:
        columns[field] = [row.get(field, "") if field in named else None for row in rows]
    for field in REGISTERS[register].identifiers:
        kind = f"{field}_kind"
        columns[kind] = [row.get(kind, "text") if field in named else None for row in rows]
    columns["rejected"] = [row.get("rejected") for row in rows]
    schema = {name: pl.Int64 if name == "record" else pl.String for name in columns}
    return pl.DataFrame(columns, schema=schema)


def persons(register, *rows, year=2018):
    return identify(
        records(register, *rows), register, settings=SETTINGS, codes=codes(),
        characters=CHARACTERS, places=PLACES, year=year,
    )  # fmt: skip
