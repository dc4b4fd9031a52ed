"""The columns a predicate may name: the vocabulary of the policy, in one visible table.

What belongs here: name, type, possible codes and meaning of every column of the joined person-household frame. What does
not: how a column comes about (`households.py`, `circumstances.py`) and its Chinese name (`policy.columns` of the labels).
"""

from typing import Final

import polars as pl

from reconciliation.policy.grammar import Column
from reconciliation.registers.schema import LISTS

STATUSES: Final = ("both", "dibao_only", "poverty_only", "not_rural")
UNLIFTED: Final = ("unlifted", "returned", "pre_lifted", "new")
LIFTED: Final = ("lifted", "stable")
LIFT_STATUSES: Final = (*UNLIFTED, *LIFTED, "cancelled")
SETTLEMENT_FORMS: Final = ("concentrated", "town_purchase", "dispersed")

_AMOUNT: Final = Column(pl.Float64)
_YES_NO: Final = Column(pl.Boolean)

HOUSEHOLD_COLUMNS: Final[dict[str, Column]] = {
    # Which registers the household is on, by certain and probable links; `not_rural`: rows of the dibao register whose
    # 救助类型 is another than rural dibao. Never unknown.
    "status": Column(pl.String, STATUSES),
    # 脱贫属性 of the poverty household; unknown where its members contradict each other.
    "lift_status": Column(pl.String, LIFT_STATUSES),
    # The figure that decides, yuan a person and year: 家庭年均收入 where the household is on dibao, else 人均纯收入.
    "income": _AMOUNT,
    # The lowest and the highest figure anybody of the household has in either register; unknown where `income` is.
    "lowest_income": _AMOUNT,
    "highest_income": _AMOUNT,
    "dibao_line": _AMOUNT,
    "poverty_line": _AMOUNT,
    # 长期保障户; unknown where the cell is blank, no where the file has no such column (the rule for it is then off).
    "long_term": _YES_NO,
    # One person of a larger household on dibao (单人保). Never unknown.
    "single_cover": _YES_NO,
}
"""What a rule of scope `household` may name."""

RECORD_COLUMNS: Final[dict[str, Column]] = HOUSEHOLD_COLUMNS | {
    # The household's outcome: the number of its rule ("" where none; the rulebook knows the numbers) and the list that rule leads this register to.
    "household_rule": Column(pl.String),
    "proposed": Column(pl.String, (*LISTS, "")),
    # Identity: the link to the other register and what stands in doubt. `link_unsure`: a probable link or any possible one.
    "linked": _YES_NO,
    "link_certain": _YES_NO,
    "link_unsure": _YES_NO,
    "possible_only": _YES_NO,
    "id_damaged": _YES_NO,
    # The record's sound number stands on another person's row of its own register; it names nobody.
    "number_shared": _YES_NO,
    "name_missing": _YES_NO,
    # Somebody of the household has only a possible link; nobody of it has a probable or possible link.
    "household_in_doubt": _YES_NO,
    "household_links_certain": _YES_NO,
    # A sound number of somebody of the household stands on the other register, on a row that is not linked with theirs.
    "number_on_other": _YES_NO,
    # The member has nobody on the other register though the household has; its members differ in either direction.
    "missing_on_other": _YES_NO,
    # A file of the other register was refused, or its county sent nothing: who is not found there may stand in it.
    "other_incomplete": _YES_NO,
    "composition_differs": _YES_NO,
    "single_cover_lawful": _YES_NO,
    # Disability 1-2 or serious illness; unknown where the register leaves it open.
    "single_cover_ground": _YES_NO,
    # 脱贫属性 of the record itself.
    "own_lift_status": Column(pl.String, LIFT_STATUSES),
    # On 特困 or urban dibao, by a link or by the register's own word; a link to them that is only possible.
    "served": _YES_NO,
    "served_possibly": _YES_NO,
    # This row is another row's person; a link to 特困 or urban dibao of any tier, a certain one.
    "duplicate": _YES_NO,
    "dual_listed": _YES_NO,
    "dual_certain": _YES_NO,
    # A field of this record is wrong; the two registers disagree and nobody knows which is wrong.
    "own_field_wrong": _YES_NO,
    "fault_unknown": _YES_NO,
    # Answered, and the answer counts: identified wrongly, or moved away (poverty list only).
    "confirmed_out": _YES_NO,
    # Evidence registers.
    "death_listed": _YES_NO,
    "death_certain": _YES_NO,
    "death_date": Column(pl.Date),
    "as_of": Column(pl.Date),
    "moved_listed": _YES_NO,
    "asset_listed": _YES_NO,
    "kin_listed": _YES_NO,
    "relocation_listed": _YES_NO,
    "settlement_form": Column(pl.String, SETTLEMENT_FORMS),
    "hukou_moved": _YES_NO,
}
"""What every other rule may name: the household's columns joined to each of its records."""

SHOWN_COLUMNS: Final = (
    *RECORD_COLUMNS,
    "dibao_income", "poverty_income", "grace_months", "flag_dibao", "flag_poverty", "household_type", "class_tier",
    "health", "labour", "severe_members", "weak_labour", "disability_grade", "differences", "doubts", "duplication", "missing", "months_after_death", "hit_kind", "move_kind",
)  # fmt: skip
"""What the sentence of a rule may show: the columns above and further values that no predicate decides by."""
