"""How often everything happens: the plan of the province and the rates of each kind of mistake.

What belongs here: the shape of `rates.yaml` and what each class of mistake means. What does not: how a mistake is made.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from reconciliation.registers.base import FrozenModel

RATES_FILE = Path(__file__).with_name("rates.yaml")

Share = Annotated[float, Field(ge=0, le=1)]
Weights = tuple[float, ...]

ERROR_CLASSES = {
    # the number
    "id_wrong_digit": "one digit of the serial or area part differs; the check digit fails",
    "id_wrong_birth_year": "one digit of the birth year differs; the check digit fails",
    "id_adjacent_swap": "two neighbouring different digits changed places; the check digit fails",
    "id_bad_check_digit": "the last character is another one; the check digit fails",
    "id_blank": "the cell is empty",
    "id_placeholder": "无, 不详 and the like in place of a number",
    "id_borrowed": "the number of another member of the family",
    "id_reissued": "another valid number, as after a correction of the birth date",
    "id_typed_as_number": "typed as a number: Excel kept 15 digits (numbers without X only)",
    "id_15_digits": "the old form of 15 digits (born in the 1900s only)",
    "id_certificate_form": "a disability-certificate number of 20 to 22 characters (the disabled only)",
    "id_blanks": "blanks before, after or inside",
    "id_apostrophe": "an apostrophe before the number",
    "id_full_width": "full-width digits",
    "id_letter_o": "the letter O for a zero (numbers with a zero only)",
    "id_lower_x": "lower-case x (numbers ending in X only)",
    "id_star_for_x": "* or × for X (numbers ending in X only)",
    # the name
    "name_homophone": "a character of the same sound",
    "name_look_alike": "a character of like shape",
    "name_variant": "a variant or traditional form",
    "name_missing_character": "a given character is missing (names of three and more)",
    "name_swapped": "the given characters changed places (names of three and more)",
    "name_wildcard": "? * □ or a private-use code point for a character",
    "name_middle_dot": "another middle dot, a blank or none (dotted names only)",
    "name_remark": "a remark inside the name: （已故）, (户主)",
    "name_child_of": "王某之子 for a child without papers (under 12 only)",
    "name_nickname": "幺妹, 老二 after the surname (under 16 only)",
    "name_new": "another given name: the person was renamed",
    "name_inner_blank": "a blank inside a name of two characters",
    # the place
    "place_other_village": "the person is listed in another village of the county",
    "household_other_village": "the whole household is listed in another village of the county",
    "place_suffix": "村委会, 村民委员会, 社区 or nothing in place of 村",
    "place_renamed": "the name a village bears before or after its renaming (that village only)",
    # the household
    "household_split": "part of the family is listed as a household of its own (families of two and more)",
    "household_merged": "listed in one household with the family before it (same village)",
    "no_head": "nobody of the household is called its head",
    "two_heads": "a second member is called head (households of two and more)",
    "sex_contradiction": "the sex field contradicts the number",
    "relation_contradiction": "the relation contradicts the sex (children, spouses)",
    # the list
    "duplicate_row": "the person stands twice in this county's list",
    "duplicate_county": "the person also stands in the next county's list",
    "flag_wrong": "the register's own flag about the other register is wrong",
    "flag_blank": "that flag is blank",
    "household_type_wrong": "贫困户属性 says the other of 一般 and 低保 (poverty list only)",
    "income_blank": "no income figure in either register (planned: verify_unknown)",
    "income_disagrees": "the registers' incomes lie on two sides of the dibao line (planned: verify_incomes_differ)",
}
"""Every class of mistake and its meaning; a class is a key of `ErrorRates` and a word in the truth tables."""


class ErrorRates(FrozenModel):
    """Share of the eligible rows (households, where the class is one of households) that carry each class.

    The keys are those of `ERROR_CLASSES`, which says who is eligible. A row has at most one class of the number and
    one of the name.
    """

    id_wrong_digit: Share
    id_wrong_birth_year: Share
    id_adjacent_swap: Share
    id_bad_check_digit: Share
    id_blank: Share
    id_placeholder: Share
    id_borrowed: Share
    id_reissued: Share
    id_typed_as_number: Share
    id_15_digits: Share
    id_certificate_form: Share
    id_blanks: Share
    id_apostrophe: Share
    id_full_width: Share
    id_letter_o: Share
    id_lower_x: Share
    id_star_for_x: Share
    name_homophone: Share
    name_look_alike: Share
    name_variant: Share
    name_missing_character: Share
    name_swapped: Share
    name_wildcard: Share
    name_middle_dot: Share
    name_remark: Share
    name_child_of: Share
    name_nickname: Share
    name_new: Share
    name_inner_blank: Share
    place_other_village: Share
    household_other_village: Share
    place_suffix: Share
    place_renamed: Share
    household_split: Share
    household_merged: Share
    no_head: Share
    two_heads: Share
    sex_contradiction: Share
    relation_contradiction: Share
    duplicate_row: Share
    duplicate_county: Share
    flag_wrong: Share
    flag_blank: Share
    household_type_wrong: Share
    income_blank: Share
    income_disagrees: Share

    def of(self, name: str) -> float:
        """The rate of one class."""
        return float(getattr(self, name))


class Plan(FrozenModel):
    """How families stand on the registers.

    Attributes:
        dibao_share: dibao rows over all rows.
        overlap: families on both registers, in persons over dibao rows (some of their members are on one list only).
        bands_dibao_only, bands_poverty_only, bands_both: weights of income below both lines, between them, above both.
        lift_poverty_only, lift_both: weights of 未脱贫, 返贫, 已脱贫, 稳定脱贫.
        tiers: weights of 长期保障户, 重点保障户, 一般保障户.
        single_cover: share of un-lifted families on both where only a severely disabled or ill member is on dibao.
        part_cover: share of families on both where one other member is on dibao (保人不保户).
        missing_on_poverty: share of families on both where one member is not on the poverty list.
        other_head: share of families on both whose head on the dibao list is the spouse.
        tekun: share of single-person poverty-only families that are on 特困.
        tekun_on_dibao: share of single-person dibao-only families that are on 特困 too.
        disabled, ill: shares of people with a disability and with a serious illness.
        dead: share of people on a list who died before the first batch.
        strangers: people on no register (some of whom the list of the dead names), over all rows.
    """

    dibao_share: Share
    overlap: Share
    bands_dibao_only: Weights
    bands_poverty_only: Weights
    bands_both: Weights
    lift_poverty_only: Weights
    lift_both: Weights
    tiers: Weights
    single_cover: Share
    part_cover: Share
    missing_on_poverty: Share
    other_head: Share
    tekun: Share
    tekun_on_dibao: Share
    disabled: Share
    ill: Share
    dead: Share
    strangers: Share


class Changes(FrozenModel):
    """What the second batch changes, as shares of families or rows.

    Attributes:
        new_families: families that were on no list in the first batch.
        leaving_families: families taken off all lists.
        included: eligible poverty-only families that were taken on dibao meanwhile.
        exited: families above both lines that were taken off dibao meanwhile.
        incomes: families whose income changed.
        corrected: damaged rows whose number and name were put right.
        dead: people who died between the batches.
        dead_removed: people dead at the first batch who were taken off.
        newborn: children under two who are new on the lists.
    """

    new_families: Share
    leaving_families: Share
    included: Share
    exited: Share
    incomes: Share
    corrected: Share
    dead: Share
    dead_removed: Share
    newborn: Share


class Profile(FrozenModel):
    """One profile: the mistakes, and the share of families with two children whose first two are twins."""

    errors: ErrorRates
    twins: Share


class Rates(FrozenModel):
    """`rates.yaml`.

    Attributes:
        poverty_line, dibao_line: yuan a person a year, of all the counties.
        plan: how families stand on the registers.
        changes: what the second batch changes.
        profiles: rates of mistakes by name of the profile.
    """

    poverty_line: int
    dibao_line: int
    plan: Plan
    changes: Changes
    profiles: dict[str, Profile]
