"""The registry: every numbered rule about the data, in the order of the stages.

What belongs here: which subjects there are and which rules each has. What does not: how a rule is asked (`conditions.py`),
what a row is (`receipts.py` … `lists.py`), and the verdict (`validate.py`). Importing this module does not import Great
Expectations, which takes seconds.

Not to be confused with the policy's rules (`C1` … `C18`), which are about people; these (`Q101` …) are about our data.
"""

from expectations import (
    coverage,
    duplicates,
    entitlements,
    links,
    lists,
    persons,
    receipts,
    records,
)
from expectations.rule import Question, Rule, Scope, Severity, Unit
from reconciliation.registers.schema import REGISTERS, REQUIRED

__all__ = ["RULES", "SUBJECTS", "Rule", "Scope", "Severity", "Unit", "frames_for", "rules_for"]

_BY_REGISTER = {"receipts": receipts.FRAMES, "records": records.FRAMES, "persons": persons.FRAMES}
_WHOLE = {
    "coverage": coverage.FRAMES,
    "links": links.FRAMES,
    "duplicates": duplicates.FRAMES,
    "lists": lists.FRAMES,
    "entitlements": entitlements.FRAMES,
}

SUBJECTS: tuple[str, ...] = (
    *(f"{stage}_{register}" for stage in _BY_REGISTER for register in REGISTERS),
    *_WHOLE,
)
"""What can be judged: `receipts_<register>`, `records_<register>`, `persons_<register>`, `coverage`, `links`, `duplicates`,
`lists`."""


def scope_of(subject: str) -> str | None:
    """The register a subject is about, None for what is about the whole batch."""
    return subject.partition("_")[2] or None


def _questions(subject: str) -> tuple[Question, ...]:
    """What is asked of a subject."""
    stage, _, register = subject.partition("_")
    asked: dict[str, tuple[Question, ...]] = {
        "receipts": receipts.QUESTIONS,
        "records": records.QUESTIONS,
        "persons": persons.QUESTIONS,
        "coverage": coverage.QUESTIONS,
        "links": links.QUESTIONS,
        "duplicates": duplicates.QUESTIONS,
        "lists": lists.QUESTIONS,
        "entitlements": entitlements.QUESTIONS,
    }
    more = (
        persons.HOUSEHOLD_QUESTIONS
        if stage == "persons" and persons.tells_households(register)
        else ()
    )
    return asked[stage] + more


RULES: tuple[Rule, ...] = tuple(
    question.of(
        subject, prefix=scope_of(subject) or subject, required=scope_of(subject) in REQUIRED
    )
    for subject in SUBJECTS
    for question in _questions(subject)
)
"""All rules of all subjects. A number names the same question in every register; the name is unique."""


def rules_for(subject: str) -> tuple[Rule, ...]:
    """The rules of one subject, in the order of their numbers.

    Raises:
        ValueError: no such subject.
    """
    if subject not in SUBJECTS:
        raise ValueError(f"no subject '{subject}'; there are {', '.join(SUBJECTS)}")
    return tuple(rule for rule in RULES if rule.subject == subject)


def frames_for(subject: str) -> tuple[str, ...]:
    """The names of the frames that `validate` needs for a subject.

    `receipts_<register>`: `receipts` (rows of other registers are left out). `records_<register>`: `records`, `receipts`.
    `persons_<register>`: `persons`, `records`. `coverage`: `coverage`. `links`: `links`, `persons_dibao`, `persons_poverty`.
    `duplicates`: `duplicates`, `persons_dibao`, `persons_poverty`. `lists`: `dispositions`,
    `lists`, `links`, `evidence_links`, `duplicates`, `persons_dibao`, `persons_poverty`, `tie_outs`. Columns: `docs/frames.md`;
    `lists` is all lists one below the other with a column `list`; `tie_outs`: `reconciliation.publishing.tie_outs`.

    Raises:
        ValueError: no such subject.
    """
    rules_for(subject)
    stage, _, register = subject.partition("_")
    return _BY_REGISTER[stage] if register else _WHOLE[stage]
