"""The columns an entitlement's predicate may name: one visible table.

What belongs here: name, type, codes and meaning. What does not: how a value comes about (`cells.py`, `facts.py`,
`situations.py`) and its Chinese name (`entitlements.columns` of the labels).

`…_listed` and the like are three-valued: yes where a row of that register is surely the person's (a certain link, or a probable
one with agreeing names), unknown where one only may be, no where there is none.
"""

from typing import Final

import polars as pl

from reconciliation.policy.columns import SETTLEMENT_FORMS
from reconciliation.policy.grammar import Column

ASSISTANCE_TYPES: Final = ("rural_dibao", "urban_dibao", "tekun")
BASES: Final = (
    "tekun", "dibao", "urban_dibao", "poverty", "severe_mental_illness", "disability_certificates", "disability_payments",
)  # fmt: skip
"""The registers an entitlement can start from: its people are rows of one of these."""
SOURCES: Final = ("relocation", "disability_certificates", "disability_payments")
"""The registers whose row an entitlement can show as its evidence."""

_YES_NO: Final = Column(pl.Boolean)
_NUMBER: Final = Column(pl.Int64)

_FACTS: Final[dict[str, Column]] = {
    "as_of": Column(pl.Date),
    # Full years on the as-of date, by the birth date, else as the row says.
    "age": _NUMBER,
    # No where the list of deaths surely names the person with a day not after the as-of date; unknown where it may.
    "alive": _YES_NO,
    # On rural or urban dibao; on 特困, by the register or by what dibao or the poverty list say.
    "on_dibao": _YES_NO,
    "tekun_listed": _YES_NO,
    "urban_listed": _YES_NO,
    "mental_illness_listed": _YES_NO,
    "relocation_listed": _YES_NO,
    "relocation_year": _NUMBER,
    "settlement_form": Column(pl.String, SETTLEMENT_FORMS),
    "hukou_moved": _YES_NO,
    # Whether the one-off relief was paid, and whether the relocation file has a column for it at all.
    "relief_paid": _YES_NO,
    "relief_stated": _YES_NO,
    # On the list of an earlier release, as entitled (lists that are paid once; else no).
    "listed_before": _YES_NO,
    # On the list of disability certificates; unknown also where only the row itself states a certificate.
    "certified": _YES_NO,
    # 1 (most severe) to 4; 0 where nothing says disabled; unknown where disabled of an unknown grade.
    "disability_grade": _NUMBER,
    "living_paid": _YES_NO,
    "care_paid": _YES_NO,
}
_COVER: Final[dict[str, Column]] = {
    # 救助类型; a blank one is what the register is of.
    "assistance_type": Column(pl.String, ASSISTANCE_TYPES),
    # 长期保障户; unknown where the cell is blank.
    "long_term": _YES_NO,
}
_HOUSEHOLD: Final[dict[str, Column]] = {
    "serious_illness": _YES_NO,
    # Nobody else in the household, in neither register, nor by the stated number of people.
    "alone": _YES_NO,
    "married": _YES_NO,
}
COLUMNS: Final[dict[str, dict[str, Column]]] = {
    "dibao": _FACTS | _COVER | _HOUSEHOLD,
    # `registered`: unknown where the entry is cancelled (注销).
    "poverty": _FACTS | _HOUSEHOLD | {"registered": _YES_NO},
    "tekun": _FACTS | _COVER,
    "urban_dibao": _FACTS | _COVER,
    "severe_mental_illness": _FACTS,
    "disability_certificates": _FACTS,
    "disability_payments": _FACTS,
}
"""By base register."""

SHOWN: Final = ("amount", "due", "group_name")
"""What a sentence may show beside them."""

RISK_COLUMNS: Final[dict[str, Column]] = {
    "on_dibao": _YES_NO,
    "on_poverty": _YES_NO,
    "members": _NUMBER,
    # Somebody of the household is on an exit list, on an inclusion list, on any list that asks something of somebody.
    "exit_proposed": _YES_NO,
    "inclusion_proposed": _YES_NO,
    "to_check": _YES_NO,
    # A finding of a rule of that severity.
    "high_severity": _YES_NO,
    # The household's town or village is on the list of deep poverty.
    "deep_town": _YES_NO,
    "deep_village": _YES_NO,
}
"""What a risk of the field check may name: facts of the household, never unknown."""
