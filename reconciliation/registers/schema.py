"""The registers and their canonical fields.

What belongs here: which registers there are, the English name of every column we understand, which of them
identify something (an Excel number there may have lost digits) and which a file cannot do without. What does not: how
headers are spelled (`config/headers.yaml`) and what coded values mean (`config/codes.yaml`).

Field lists follow the exports of the civil-affairs and poverty systems in use around 2018.
"""

from dataclasses import dataclass

LINEAGE = ("source_file", "source_sheet", "source_row")
"""Columns that say where a record was received."""

PLACE = ("province", "prefecture", "county", "town", "village")

_DIBAO_PERSON = (
    "name", "id_number", "head_id", "head_name", "relation", "sex", "birth_date", "age", "ethnicity",
    "marital_status", "education", "employment", "annual_income", "disabled", "disability_certificate",
    "disability_category", "disability_grade", "illness", "labour", "health", "first_month", "flag_poverty",
    "bank", "account_name", "account_number", "assistance_type", "household_monthly_amount", "total_amount",
    "calculation", "class_tier", "remark", *PLACE, "address", "certificate_no", "household_size", "covered_size",
    "income_per_capita", "phone",
)  # fmt: skip
_DIBAO_HOUSEHOLD = (
    "household_income", "application_reason", "properties_owned", "financial_assets",
)  # fmt: skip
_POVERTY_PERSON = (
    *PLACE, "hamlet", "household_no", "person_no", "name", "sex", "id_type", "id_number", "household_size",
    "head_name", "head_id", "relation", "birth_date", "age", "ethnicity", "education", "student_status", "health",
    "labour", "employment", "work_months", "serious_illness_insurance", "lift_status", "household_type", "lift_year",
    "cause", "dangerous_house", "safe_water", "income_per_capita", "phone", "identified_on", "person_identified_on",
    "relocated", "flag_dibao", "address", "remark",
)  # fmt: skip
_EVIDENCE = ("name", "id_number", "sex", "birth_date", *PLACE, "address", "phone", "remark")

_NAMED = (("name",), ("id_number",))
_NAMED_SOMEHOW = (("name",), ("id_number", "village", "birth_date"))
"""Lists of villages and crematoria often lack numbers: a name with its village or birth date can be looked for, and is never
certain by itself (linkage)."""
_NAMED_BY_CERTIFICATE = (
    ("name",),
    ("id_number", "disability_certificate", "village", "birth_date"),
)
"""The number of a disability certificate begins with that of the person."""

HOUSEHOLD_FIELDS = frozenset(
    {
        "head_id", "head_name", "flag_poverty", "bank", "account_name", "account_number", "assistance_type",
        "household_monthly_amount", "total_amount", "calculation", "class_tier", "first_month", "remark", *PLACE,
        "address", "phone", "certificate_no", "household_size", "covered_size", "income_per_capita",
        "household_income", "application_reason", "properties_owned", "financial_assets",
        "hamlet", "household_no", "lift_status", "household_type", "lift_year", "cause", "dangerous_house",
        "safe_water", "identified_on", "relocated", "flag_dibao", "settlement_form", "settlement_site",
        "relocation_year",
    }
)  # fmt: skip
"""Fields that hold for all members of a household; the others are a person's own."""

NAME_FIELDS = frozenset({"name", "head_name", "account_name", "carer_name", "official_name"})
"""Fields that hold one person's name."""

DATE_FIELDS = frozenset(
    {
        "birth_date", "first_month", "identified_on", "person_identified_on", "issued_on", "death_date",
        "cremation_date", "moved_on", "hit_date",
    }
)  # fmt: skip
"""Fields that hold a day or a month."""


@dataclass(frozen=True)
class Register:
    """One register: its canonical fields and what a file of it must have.

    Attributes:
        name: folder name below the batch, also the name in every frame.
        required: whether a batch can run without it.
        fields: canonical columns of its records, in the order they are written.
        household_fields: further columns that only its household file carries.
        mandatory: groups of fields; a person file needs at least one of each group.
    """

    name: str
    required: bool
    fields: tuple[str, ...]
    household_fields: tuple[str, ...] = ()
    mandatory: tuple[tuple[str, ...], ...] = _NAMED

    @property
    def columns(self) -> tuple[str, ...]:
        """All canonical columns of its records."""
        return self.fields + self.household_fields

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The columns whose cell kind is kept, because a number typed there may have lost digits."""
        return tuple(field for field in self.columns if field in IDENTIFIER_FIELDS)


IDENTIFIER_FIELDS = frozenset(
    {
        "id_number",
        "head_id",
        "household_no",
        "person_no",
        "disability_certificate",
        "certificate_no",
        "account_number",
    }
)

REGISTERS: dict[str, Register] = {
    register.name: register
    for register in (
        Register("dibao", True, _DIBAO_PERSON, _DIBAO_HOUSEHOLD),
        Register("poverty", True, _POVERTY_PERSON),
        Register(
            "tekun", False,
            (*_DIBAO_PERSON, "self_care", "support_form", "support_institution", "carer_name"),
            _DIBAO_HOUSEHOLD,
        ),
        Register("urban_dibao", False, _DIBAO_PERSON, _DIBAO_HOUSEHOLD),
        Register("disability_certificates", False, (*_EVIDENCE, "disability_certificate", "disability_category", "disability_grade", "issued_on"), mandatory=_NAMED_BY_CERTIFICATE),
        Register("disability_payments", False, (*_EVIDENCE, "disability_certificate", "living_subsidy", "care_subsidy"), mandatory=_NAMED_BY_CERTIFICATE),
        Register("relocation", False, (*_EVIDENCE, "head_name", "head_id", "relation", "household_size", "settlement_form", "settlement_site", "relocation_year", "relief_paid", "hukou_moved"), mandatory=_NAMED_SOMEHOW),
        Register("deaths", False, (*_EVIDENCE, "death_date", "cremation_date"), mandatory=_NAMED_SOMEHOW),
        Register("moved_away", False, (*_EVIDENCE, "moved_on", "move_kind", "destination"), mandatory=_NAMED_SOMEHOW),
        Register("asset_hits", False, (*_EVIDENCE, "hit_kind", "hit_detail", "hit_date"), mandatory=_NAMED_SOMEHOW),
        Register("officials_kin", False, (*_EVIDENCE, "official_name", "official_post", "kinship"), mandatory=_NAMED_SOMEHOW),
        Register("severe_mental_illness", False, _EVIDENCE, mandatory=_NAMED_SOMEHOW),
    )
}  # fmt: skip

REQUIRED = tuple(name for name, register in REGISTERS.items() if register.required)
OPTIONAL = tuple(name for name, register in REGISTERS.items() if not register.required)

LISTS = (
    "include_dibao",
    "exit_dibao",
    "include_poverty",
    "exit_poverty",
    "correct",
    "verify",
    "duplicate",
    "household_review",
    "keep",
    "no_action",
)
"""The lists a record can be on, each record on exactly one."""

ACTIONABLE = tuple(name for name in LISTS if name not in {"keep", "no_action"})
"""The lists somebody has to do something about; the others are most of the register and go to no clerk."""

TIERS = ("certain", "probable", "possible")
