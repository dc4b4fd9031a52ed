"""`answers plan` and `answers apply`: from files to a plan, and from a plan to the disk.

The order of writing: the entry in the audit trail, the answers (one rename), the return slips. Whatever is cut off, the same command
run again ends it: answers that are there already say nothing new, and slips are written again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from reconciliation.intake.settings import IntakeSettings
from reconciliation.ledger.answers import FILE, FOLDER, read_answers
from reconciliation.ledger.settings import AnswerSettings
from reconciliation.publishing import audit
from reconciliation.publishing.release import releases
from reconciliation.publishing.returned.checking import Desk
from reconciliation.publishing.returned.planning import Plan, plan, sent_rows, taken_releases
from reconciliation.publishing.returned.reading import read_books
from reconciliation.publishing.returned.slips import FOLDER as SLIPS
from reconciliation.publishing.returned.slips import write_slip
from reconciliation.publishing.returned.store import answers_bytes, replace_answers
from reconciliation.publishing.secret import load_secret
from reconciliation.publishing.verification import TRAIL
from reconciliation.registers.errors import UsageError
from reconciliation.registers.labels import Labels


@dataclass(frozen=True)
class Reception:
    """Where returned books are taken, and by what they are judged.

    Attributes:
        output: the folder with the releases.
        by: who takes them.
        labels: the wording.
        intake: how files are read.
        settings: what may be answered.
        time_zone: of the campaign.
    """

    output: Path
    by: str
    labels: Labels
    intake: IntakeSettings
    settings: AnswerSettings
    time_zone: str

    @property
    def now(self) -> datetime:
        """The time in the campaign's zone."""
        return datetime.now(ZoneInfo(self.time_zone))


def plan_answers(files: Sequence[Path], reception: Reception) -> Plan:
    """Say what returned books would change; nothing is written.

    Args:
        files: workbooks.
        reception: where they are taken.

    Raises:
        UsageError: there is no release, or the secret is missing.
    """
    output, settings = reception.output, reception.settings
    found = releases(output)
    if not found:
        raise UsageError(f"{output} holds no release that workbooks could have come from")
    secret = load_secret(output / ".secret", releases_exist=True).key
    desk = Desk(
        sent=sent_rows(taken_releases(output, settings.earlier_batches), secret),
        releases=frozenset(path.name for path in found),
        settings=settings,
        secret=secret,
        answers=read_answers(output / FOLDER),
        today=reception.now.date(),
    )
    return plan(read_books(files, reception.intake, reception.labels), desk, reception.by)


def apply_answers(made: Plan, reception: Reception) -> tuple[Path, ...]:
    """Do what a plan says: add its answers and write the return slips; return the slips.

    Args:
        made: what `plan_answers` said. Whoever holds the output folder has held it since then.
        reception: where the books are taken.
    """
    folder = reception.output / FOLDER
    if made.added.height:
        content = answers_bytes(made.answers)
        # The entry comes first: answers without one could not be told from forged ones.
        audit.append(reception.output / TRAIL, _event(made, content, reception))
        replace_answers(folder, content)
    batch = date.fromisoformat(releases(reception.output)[-1].name[:10])
    taken: set[str] = set()
    slips = (
        write_slip(folder / SLIPS, book, reception.labels, batch, taken) for book in made.books
    )
    return tuple(slip for slip in slips if slip is not None)


def _event(made: Plan, content: bytes, reception: Reception) -> dict[str, object]:
    return {
        "who": reception.by,
        "when": reception.now.isoformat(),
        "command": "shuangqing answers apply",
        "inputs": {book.book.name: book.book.sha256 for book in made.books},
        "outputs": {f"{FOLDER}/{FILE}": hashlib.sha256(content).hexdigest()},
        "counts": {
            "added": made.added.height,
            "answers": made.answers.height,
            "refused": sum(book.refused.height for book in made.books),
        },
        "profile": "internal",
    }
