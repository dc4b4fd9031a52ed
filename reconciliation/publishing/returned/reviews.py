"""Files of judgements from the mismatch report's blind review: checked against their release, and kept for the linkage.

What belongs here: whether a file is of a release that stands here and signed, whom its cases name, which judgements are new. What
does not: what a judgement does to a link (`linkage.judgements`), the page the file comes from (`publishing.mismatches`).
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Annotated, Final, Literal

import polars as pl
from pydantic import StringConstraints, ValidationError

from reconciliation.ledger.answers import FOLDER
from reconciliation.linkage.judgements import GIVEN_SCHEMA, JUDGEMENTS_FILE, read_judgements
from reconciliation.publishing import audit
from reconciliation.publishing.hashes import file_hash, release_fingerprint
from reconciliation.publishing.mismatches.history import CASE_CHARACTERS
from reconciliation.publishing.release import Release, releases
from reconciliation.publishing.returned.applying import Reception
from reconciliation.publishing.returned.store import replace_file
from reconciliation.publishing.verification import TRAIL
from reconciliation.registers.base import FrozenModel

SUFFIX: Final = ".json"
_LARGEST: Final = 50_000_000
_PAIR: Final = ["dibao_case", "poverty_case"]

_Case = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{CASE_CHARACTERS}}}$")]
_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]


class Judged(FrozenModel):
    """One pair a reviewer has judged; of each case key the characters a page names."""

    dibao_case: _Case
    poverty_case: _Case
    judgement: Literal["same", "different", "unsure"]
    judged_on: date


class ReviewFile(FrozenModel):
    """A file of judgements (docs/frames.md)."""

    kind: Literal["shuangqing-judgements"]
    version: Literal[1]
    release: str
    release_sha256: _Hash
    county: str
    reviewer: _Name
    signed_on: date | None
    judgements: tuple[Judged, ...]


@dataclass(frozen=True)
class Review:
    """What one file says.

    Attributes:
        name: the file.
        sha256: of the file.
        refusal: why none of it is taken: `not_a_review`, `other_release`, `unsigned`, `future`; None: it is taken.
        taken: judgements to be added, `GIVEN_SCHEMA`.
        unchanged: judgements there were before.
        unsure: pairs the reviewer could not decide; they bind nobody.
        unknown: pairs of which a case is not one of the release.
        disputed: pairs another file of this call judges otherwise; none of the two is taken.
    """

    name: str
    sha256: str
    refusal: str | None = None
    taken: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=GIVEN_SCHEMA))
    unchanged: int = 0
    unsure: int = 0
    unknown: int = 0
    disputed: int = 0


def plan_reviews(files: Sequence[Path], reception: Reception) -> tuple[Review, ...]:
    """Say what files of judgements would add; nothing is written.

    Args:
        files: as the pages exported them.
        reception: where they are taken.
    """
    read = [(path, _read(path, reception)) for path in files]
    said = Counter(
        (one.dibao_case, one.poverty_case, one.judgement)
        for _, found in read
        if isinstance(found, ReviewFile)
        for one in set(found.judgements)
        if one.judgement != "unsure"
    )
    both = Counter(pair[:2] for pair in said)
    disputed = {pair for pair, kinds in both.items() if kinds > 1}
    known = read_judgements(reception.output / FOLDER)
    plans = []
    for path, found in read:
        made = (
            Review(path.name, file_hash(path), refusal=found)
            if isinstance(found, str)
            else _planned(path, found, reception, disputed, known)
        )
        known = pl.concat([known, made.taken])
        plans.append(made)
    return tuple(plans)


def apply_reviews(made: Sequence[Review], reception: Reception) -> int:
    """Add the judgements of a plan to those there are; return how many.

    Args:
        made: what `plan_reviews` said. Whoever holds the output folder has held it since then.
        reception: where the files are taken.
    """
    folder = reception.output / FOLDER
    added = pl.concat([pl.DataFrame(schema=GIVEN_SCHEMA), *(review.taken for review in made)])
    if added.is_empty():
        return 0
    buffer = BytesIO()
    pl.concat([read_judgements(folder), added]).sort(list(GIVEN_SCHEMA)).write_parquet(
        buffer, compression="zstd"
    )
    content = buffer.getvalue()
    # The entry comes first: judgements without one could not be told from forged ones.
    audit.append(
        reception.output / TRAIL,
        {
            "who": reception.by,
            "when": reception.now.isoformat(),
            "command": "shuangqing answers apply",
            "inputs": {review.name: review.sha256 for review in made if review.refusal is None},
            "outputs": {f"{FOLDER}/{JUDGEMENTS_FILE}": hashlib.sha256(content).hexdigest()},
            "counts": {"judgements": added.height},
            "profile": "internal",
        },
    )
    replace_file(folder / JUDGEMENTS_FILE, content)
    return added.height


def _read(path: Path, reception: Reception) -> ReviewFile | str:
    """The file, or why it is refused. What it holds is never repeated: it may be anything."""
    try:
        if path.stat().st_size > _LARGEST:
            return "not_a_review"
        found = ReviewFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return "not_a_review"
    folder = _release(found, reception)
    if folder is None:
        return "other_release"
    if found.signed_on is None:
        return "unsigned"
    days = [found.signed_on, *(one.judged_on for one in found.judgements)]
    return "future" if max(days) > reception.now.date() else found


def _release(found: ReviewFile, reception: Reception) -> Path | None:
    """The release the file was made from, where it still stands as it was."""
    for folder in releases(reception.output):
        if folder.name == found.release:
            same = release_fingerprint(Release(folder).data) == found.release_sha256
            return folder if same else None
    return None


def _planned(
    path: Path,
    found: ReviewFile,
    reception: Reception,
    disputed: set[tuple[str, str]],
    known: pl.DataFrame,
) -> Review:
    folder = _release(found, reception)
    assert folder is not None
    cases = pl.read_parquet(
        Release(folder).data / "cases.parquet", columns=["case_key", "register"]
    )
    clear = [one for one in found.judgements if one.judgement != "unsure"]
    agreed = [one for one in clear if (one.dibao_case, one.poverty_case) not in disputed]
    given = pl.DataFrame(
        [(one.dibao_case, one.poverty_case, one.judgement, found.reviewer, one.judged_on) for one in agreed],
        schema=GIVEN_SCHEMA,
        orient="row",
    ).unique()  # fmt: skip
    whole = given
    for side in ("dibao", "poverty"):
        whole = whole.pipe(_with_whole_cases, cases.filter(register=side), f"{side}_case")
    fresh = whole.join(known, on=list(GIVEN_SCHEMA), how="anti").sort(list(GIVEN_SCHEMA))
    return Review(
        name=path.name,
        sha256=file_hash(path),
        taken=fresh,
        unchanged=whole.height - fresh.height,
        unsure=len(found.judgements) - len(clear),
        unknown=given.height - whole.height,
        disputed=len(clear) - len(agreed),
    )


def _with_whole_cases(given: pl.DataFrame, cases: pl.DataFrame, column: str) -> pl.DataFrame:
    """The judgements whose case begins exactly one case of the register, with that case in full."""
    whole = (
        cases.select(
            pl.col("case_key").str.slice(0, CASE_CHARACTERS).alias(column), whole="case_key"
        )
        .unique()
        .filter(pl.col(column).is_unique())
    )
    return (
        given.join(whole, on=column, how="inner")
        .with_columns(pl.col("whole").alias(column))
        .select(*GIVEN_SCHEMA)
    )
