"""Invented people as `persons_<register>` rows, typed in the tests with as few words as possible."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from reconciliation.identity.characters import CharacterTable
from reconciliation.identity.persons import PERSON_SCHEMA
from reconciliation.identity.settings import IdentitySettings
from reconciliation.linkage.plan import Linkage, link_registers
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.registers.labels import Labels

CONFIG = Path(__file__).resolve().parents[2] / "config"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@cache
def settings() -> LinkageSettings:
    return LinkageSettings.load(CONFIG / "linkage.yaml")


@cache
def characters() -> CharacterTable:
    return CharacterTable.load(
        CONFIG / "characters", IdentitySettings.load(CONFIG / "identity.yaml").mergers
    )


@cache
def labels() -> Labels:
    return Labels.load(CONFIG / "labels.yaml")


def number(body: str) -> str:
    """Seventeen digits with their check character."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def of_person(birth: str, order: int, area: str = "522123") -> str:
    """A valid number: `birth` as YYYYMMDD, `order` 1-999 (odd: male)."""
    return number(f"{area}{birth}{order:03d}")


@dataclass(frozen=True)
class Person:
    """One row; what is not said is unknown."""

    name: str | None
    number: str | None = None
    quality: str | None = None
    partial: str | None = None
    household: int | None = None
    relation: str | None = None
    village: str | None = "石冲"
    town: str | None = "梨箐"
    county: str | None = "岚岭"
    birth: str | None = None
    sex: str | None = None
    kind: str = field(default="")

    def row(self, record: int) -> dict[str, object]:
        quality = self.quality or ("valid" if self.number else "missing")
        good = quality in ("valid", "upgraded_15")
        birth_field = _day(self.birth)
        birth_id = _day(self.number[6:14]) if self.number else None
        sex_id = ("男" if int(self.number[16]) % 2 else "女") if self.number else None
        name = self.name
        return {
            "record": record,
            "county": self.county,
            "town": self.town,
            "village": self.village,
            "household": self.household if self.household is not None else 10_000 + record,
            "household_basis": "alone" if self.household is None else "household_no",
            "is_head": self.relation == "head",
            "relation": self.relation,
            "name": name,
            "name_key": name.replace("·", "") if name else None,
            "name_kind": self.kind
            or ("missing" if not name else "wildcard" if "?" in name else "full"),
            "id_number": self.number,
            "id_quality": quality,
            "id_partial": self.partial,
            "sex": sex_id if good else self.sex,
            "sex_field": self.sex,
            "sex_id": sex_id,
            "birth_date": birth_id if good else birth_field,
            "birth_field": birth_field,
            "birth_id": birth_id,
            "id_area": self.number[:6] if self.number else None,
        }


def _day(text: str | None) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None
    except ValueError:
        return None


def persons(*people: Person) -> pl.DataFrame:
    """The frame, records 1..n in the order given."""
    rows = [person.row(record) for record, person in enumerate(people, start=1)]
    return pl.DataFrame(rows, schema=PERSON_SCHEMA)


def link(dibao: pl.DataFrame, poverty: pl.DataFrame) -> Linkage:
    """The linkage by the project's own config."""
    return link_registers(
        dibao, poverty, settings=settings(), characters=characters(), labels=labels()
    )


def tiers(linkage: Linkage) -> dict[tuple[int, int], str]:
    """Tier by (dibao record, poverty record)."""
    columns = linkage.links.select("dibao_record", "poverty_record", "tier")
    return {(dibao, poverty): tier for dibao, poverty, tier in columns.iter_rows()}
