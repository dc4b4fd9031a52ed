"""The rules whose weight an office decides: whether a refused file, or a county that sent nothing, keeps the others waiting."""

from expectations import coverage
from expectations.rule import Severity
from reconciliation.intake.settings import IntakeSettings

REFUSED_FILE = "Q101"

CHANGEABLE = frozenset({REFUSED_FILE, *(question.number for question in coverage.QUESTIONS)})
"""Numbers of the rules that block or warn as the config says."""


def weights(settings: IntakeSettings) -> dict[str, Severity]:
    """Rule number → its weight under a config, for each of `CHANGEABLE`."""
    blocks = dict.fromkeys(CHANGEABLE, settings.coverage_blocks)
    blocks[REFUSED_FILE] = settings.refused_file_blocks
    return {number: "critical" if blocking else "warning" for number, blocking in blocks.items()}
