"""What may be answered to a finding, and how long it may wait (`config/answers.yaml`); where the ledger is kept (`config/ledger.yaml`).

What belongs here: the words and limits. What does not: what an answer does to a finding (`states`).
"""

from datetime import date
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from reconciliation.registers.base import FrozenModel
from reconciliation.registers.schema import ACTIONABLE

STATUSES = (
    "confirmed",
    "refused",
    "corrected",
    "deceased",
    "moved",
    "pending",
    "same",
    "different",
)
"""Everything that can be said of a finding; `same` and `different` are said of the two people of a link."""
JUDGEMENTS = ("same", "different")
OBJECTIONS = ("objection", "reexamination")

_NAME = r"^[a-z_][a-z0-9_]{0,62}$"

Need = Literal["reason", "value", "date"]


class Word(FrozenModel):
    """How a code is written by people.

    Attributes:
        text: in the drop-down.
        also: other spellings that are understood.
        needs: what has to be filled in besides.
    """

    text: str = Field(min_length=1)
    also: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()


class AnswerSettings(FrozenModel):
    """`config/answers.yaml`; days are calendar days.

    Attributes:
        version: of this file.
        overdue_days: how long a finding may wait.
        earlier_batches: how many earlier batches' books are taken.
        earliest_date: no day that is answered lies before it.
        longest_text: characters of a reason or a corrected value.
        longest_name: characters of the name of whoever checked.
        statuses: the words of `STATUSES`.
        lists: list → what can be answered there.
        notice_lists: lists whose proposals take effect once notice is served.
        objections: the words of `OBJECTIONS`.
        visit_lists: lists whose households get a visit form.
    """

    version: str
    overdue_days: PositiveInt
    earlier_batches: NonNegativeInt = 0
    earliest_date: date
    longest_text: PositiveInt
    longest_name: PositiveInt
    statuses: dict[str, Word]
    lists: dict[str, tuple[str, ...]]
    notice_lists: tuple[str, ...]
    objections: dict[str, Word]
    visit_lists: tuple[str, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for key, found, expected in (
            ("statuses", self.statuses, STATUSES),
            ("objections", self.objections, OBJECTIONS),
            ("lists", self.lists, ACTIONABLE),
        ):
            if set(found) != set(expected):
                raise ValueError(f"{key}: expected exactly {', '.join(expected)}")
        for key, named, known in (
            ("notice_lists", self.notice_lists, ACTIONABLE),
            ("visit_lists", self.visit_lists, ACTIONABLE),
            *((f"lists.{name}", codes, STATUSES) for name, codes in self.lists.items()),
        ):
            unknown = sorted(set(named) - set(known))
            if unknown:
                raise ValueError(f"{key}: unknown {', '.join(unknown)}")
        for key, words in (("statuses", self.statuses), ("objections", self.objections)):
            spelled = [text for word in words.values() for text in (word.text, *word.also)]
            if len(spelled) != len(set(spelled)):
                raise ValueError(f"{key}: a spelling stands for two things")
        return self

    def texts(self, name: str) -> list[str]:
        """The drop-down of a list."""
        return [self.statuses[code].text for code in self.lists[name]]


def understood(words: dict[str, Word]) -> dict[str, str]:
    """Every spelling → its code."""
    return {text: code for code, word in words.items() for text in (word.text, *word.also)}


class LedgerSettings(FrozenModel):
    """`config/ledger.yaml`.

    Attributes:
        storage: where the ledger is kept besides the release.
        uri_variable: the environment variable with the address of the database.
        schema_name: of the tables.
    """

    storage: Literal["parquet", "postgresql"] = "parquet"
    uri_variable: str = Field("SHUANGQING_LEDGER", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    schema_name: str = Field("shuangqing", alias="schema", pattern=_NAME)
