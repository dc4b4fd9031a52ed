"""All of the config, loaded once and checked before anything runs.

What belongs here: which config file feeds which stage, and the fingerprint of them all. What does not: the shape of any one
file; that stands with the stage that reads it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import polars as pl

from reconciliation.identity.characters import CharacterTable
from reconciliation.identity.places import Places, comparable_counties, comparable_places
from reconciliation.identity.settings import IdentitySettings
from reconciliation.intake.database_settings import Databases
from reconciliation.intake.settings import IntakeSettings
from reconciliation.ledger.settings import AnswerSettings, LedgerSettings
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.policy.entitlements.settings import Entitlements
from reconciliation.policy.evidence import Rulebook
from reconciliation.policy.rules import Policy
from reconciliation.policy.thresholds import Thresholds
from reconciliation.publishing.report.settings import ReportSettings, ReportTexts
from reconciliation.publishing.reporting import Reporting
from reconciliation.registers.blanks import refuse_blanks
from reconciliation.registers.campaign import Campaign
from reconciliation.registers.codes import CodeTables
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.headers import HeaderAliases
from reconciliation.registers.labels import Labels

DEFAULT_FOLDER = Path(__file__).resolve().parents[1] / "config"

PARTS = (
    "campaign.yaml",
    "headers.yaml",
    "codes.yaml",
    "labels.yaml",
    "intake.yaml",
    "databases.yaml",
    "identity.yaml",
    "places",
    "characters",
    "linkage.yaml",
    "policy.yaml",
    "entitlements",
    "thresholds.csv",
    "answers.yaml",
    "reporting.yaml",
    "report.yaml",
    "report_texts.yaml",
    "ledger.yaml",
)
"""What a config folder may hold; a part that an office's own folder lacks is taken from the project's."""


@dataclass(frozen=True)
class Configuration:
    """One checked object a part of the config, and `digest`, the SHA-256 over all parts in effect."""

    campaign: Campaign
    headers: HeaderAliases
    codes: CodeTables
    labels: Labels
    intake: IntakeSettings
    databases: Databases
    identity: IdentitySettings
    places: Places
    characters: CharacterTable
    linkage: LinkageSettings
    policy: Policy
    entitlements: Entitlements
    thresholds: Thresholds
    answers: AnswerSettings
    reporting: Reporting
    report: ReportSettings
    report_texts: ReportTexts
    ledger: LedgerSettings
    digest: str

    @classmethod
    def load(cls, folder: Path | None = None) -> "Configuration":
        """Load the config of `folder`, each missing part from the project's own `config/`.

        Raises:
            ConfigurationError: the folder is missing, holds an unknown file or a blank, or a part is malformed.
        """
        return _load(_parts_in_effect(folder))

    def rulebook(self, batch: date) -> Rulebook:
        """What decides about a batch, besides its frames."""
        return Rulebook(self.policy, self.thresholds, self.codes, self.labels, batch)

    def comparable_county(self, name: str) -> str | None:
        """A county's name or code as the persons frames have it; None where it says nothing."""
        [county] = comparable_counties(
            pl.Series([name], dtype=pl.String),
            self.identity.places,
            self.places,
            self.characters.variant_map,
        )
        return str(county) if county is not None else None


@lru_cache(maxsize=4)
def _load(parts: tuple[tuple[str, Path, str], ...]) -> Configuration:
    """Load the parts given as (name, path, digest); the digests make the cache follow edits."""
    path = {name: where for name, where, _ in parts}
    identity = IdentitySettings.load(path["identity.yaml"])
    headers = HeaderAliases.load(path["headers.yaml"])
    places = Places.load(path["places"])
    characters = CharacterTable.load(path["characters"], identity.mergers)
    fold = partial(
        comparable_counties,
        settings=identity.places,
        places=places,
        variants=characters.variant_map,
    )

    def fold_places(written: pl.DataFrame) -> pl.DataFrame:
        above = written.with_columns(
            pl.lit(None, dtype=pl.String).alias(name) for name in ("province", "prefecture")
        )
        return comparable_places(above, identity.places, places, characters.variant_map)

    return Configuration(
        campaign=Campaign.load(path["campaign.yaml"]),
        headers=headers,
        codes=CodeTables.load(path["codes.yaml"]),
        labels=Labels.load(DEFAULT_FOLDER / "labels.yaml", path["labels.yaml"]),
        intake=IntakeSettings.load(path["intake.yaml"]),
        databases=Databases.load(path["databases.yaml"]).checked(headers),
        identity=identity,
        places=places,
        characters=characters,
        linkage=LinkageSettings.load(path["linkage.yaml"]),
        policy=Policy.load(path["policy.yaml"]),
        entitlements=Entitlements.load(path["entitlements"], fold_places),
        thresholds=Thresholds.load(path["thresholds.csv"], fold),
        answers=AnswerSettings.load(path["answers.yaml"]),
        report=ReportSettings.load(path["report.yaml"]),
        report_texts=ReportTexts.load(path["report_texts.yaml"]),
        reporting=Reporting.in_places(
            path["reporting.yaml"], places.county_codes, fold, fold_places
        ),
        ledger=LedgerSettings.load(path["ledger.yaml"]),
        digest=hashlib.sha256("".join(digest for _, _, digest in parts).encode()).hexdigest(),
    )


def _parts_in_effect(folder: Path | None) -> tuple[tuple[str, Path, str], ...]:
    if folder is not None:
        if not folder.is_dir():
            raise ConfigurationError(f"{folder}: no such config folder")
        refuse_blanks(folder)
        unknown = sorted(
            entry.name
            for entry in folder.iterdir()
            if entry.name not in PARTS and not entry.name.startswith(".")
        )
        if unknown:
            raise ConfigurationError(
                f"{folder}: unknown {', '.join(unknown)}; expected any of {', '.join(PARTS)}"
            )
    chosen = []
    for name in PARTS:
        own = folder / name if folder is not None else None
        path = own if own is not None and own.exists() else DEFAULT_FOLDER / name
        chosen.append((name, path, _digest(path)))
    return tuple(chosen)


def _digest(path: Path) -> str:
    """SHA-256 of a file, or of a folder's data files with their names."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    content = hashlib.sha256()
    for file in sorted(path.glob("*")):
        if file.is_file() and file.suffix in {".csv", ".parquet", ".yaml"}:
            content.update(file.name.encode())
            content.update(hashlib.sha256(file.read_bytes()).digest())
    return content.hexdigest()
