"""Data Docs for auditors: Great Expectations' own site for one batch, in Chinese, readable without internet.

What belongs here: building the site from stored results, and its front page. What does not: judging (`judge.py`) and what is
cut away so that a page is whole by itself (`offline_page.py`).

The results hold only counts, flags and keys of ours, so the site holds no personal data. The same verdicts give the same bytes:
the run is named after the batch and its time is the batch's date.
"""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from expectations.judge import quiet_context
from expectations.offline_page import framed, offline
from expectations.rules import scope_of
from expectations.verdict import Validation, Verdict
from reconciliation.registers.labels import Labels

_PAGES = "validations"


def write_data_docs(
    folder: Path, validations: Sequence[Validation], *, batch: str, labels: Labels
) -> Path:
    """Write the site of one batch.

    Args:
        folder: where it goes; created, and what an earlier site left in it is replaced.
        validations: what was judged, in the order it is to be listed; of one subject the last counts.
        batch: the batch (`YYYY-MM-DD`), which names the run and dates it.
        labels: the Chinese wording.

    Returns:
        Path of `index.html`; one page a subject lies in `validations/` beside it.

    Raises:
        ValueError: the batch is not a date.
        ConfigurationError: a wording is missing.
    """
    moment = datetime.fromisoformat(batch).replace(tzinfo=UTC)
    latest = list({validation.subject: validation for validation in validations}.values())
    shutil.rmtree(folder / _PAGES, ignore_errors=True)
    (folder / _PAGES).mkdir(parents=True)
    texts = labels.mapping("expectations.docs.phrases")
    for subject, page in _generated(latest, batch, moment).items():
        title = f"{subject_title(subject, labels)} · {batch}"
        (folder / _page(subject)).write_text(
            offline(page, title, _page_texts(subject, batch, title, texts)), encoding="utf-8"
        )
    index = folder / "index.html"
    index.write_text(_front_page(latest, batch, labels), encoding="utf-8")
    return index


def subject_title(subject: str, labels: Labels) -> str:
    """The subject as an auditor calls it, for example `农村低保 · 人员信息`."""
    stage = labels(f"expectations.subjects.{subject.partition('_')[0]}")
    register = scope_of(subject)
    return stage if register is None else f"{labels(f'registers.{register}')} · {stage}"


def _page(subject: str) -> str:
    return f"{_PAGES}/{subject}.html"


def _generated(validations: Sequence[Validation], batch: str, moment: datetime) -> dict[str, str]:
    """Great Expectations' own pages, by subject.

    Its site builder reads results from a context's store, so they are put back there: they may come from runs long over.
    """
    with quiet_context() as context, TemporaryDirectory() as scratch:
        for validation in validations:
            _put_back(context, validation, batch, moment)
        context.add_data_docs_site(
            "batch",
            {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": scratch,
                },
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            },
        )
        context.build_data_docs(["batch"])
        written = {
            validation.subject: sorted(Path(scratch, _PAGES, validation.subject).rglob("*.html"))
            for validation in validations
        }
        return {subject: paths[0].read_text(encoding="utf-8") for subject, paths in written.items()}


def _put_back(context: Any, validation: Validation, batch: str, moment: datetime) -> None:
    """Write one stored result into the context's store."""
    from great_expectations.core.expectation_validation_result import (  # noqa: PLC0415
        ExpectationSuiteValidationResultSchema,
    )
    from great_expectations.data_context.types.resource_identifiers import (  # noqa: PLC0415
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    run = {"run_name": batch, "run_time": moment}
    key = ValidationResultIdentifier(ExpectationSuiteIdentifier(validation.subject), run, "batch")
    result = ExpectationSuiteValidationResultSchema().load(_stored(validation, batch, moment))
    context.validation_results_store.set(key, result)


def _stored(validation: Validation, batch: str, moment: datetime) -> dict[str, Any]:
    """A result in the shape of Great Expectations' store, with the batch as its run."""
    held = sum(verdict.success for verdict in validation.verdicts)
    asked = len(validation.verdicts)
    return {
        **validation.result,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": asked,
            "successful_expectations": held,
            "unsuccessful_expectations": asked - held,
            "success_percent": 100 * held / asked if asked else None,
        },
        "meta": {"run_id": {"run_name": batch, "run_time": moment.isoformat()}},
        "id": None,
    }


def _page_texts(subject: str, batch: str, title: str, phrases: Mapping[str, str]) -> dict[str, str]:
    """What to write instead of the page's English, its path of names among it."""
    path = f"Validations / {subject} / {batch} / {batch}T00:00:00Z"
    return {**phrases, path: title, subject: title}


def _front_page(validations: Sequence[Validation], batch: str, labels: Labels) -> str:
    """One line a subject, then every rule that does not hold."""
    text = partial(_docs_text, labels)
    rows = [_subject_row(validation, labels) for validation in validations]
    broken = [
        _verdict_row(validation.subject, verdict, labels)
        for validation in validations
        for verdict in sorted(validation.verdicts, key=lambda item: not item.blocking)
        if not verdict.success
    ]
    verdicts = [verdict for validation in validations for verdict in validation.verdicts]
    summary = text(
        "some_broken" if broken else "all_hold", rules=len(verdicts), **_numbers(verdicts)
    )
    parts = [
        f"<main>\n<h1>{escape(text('title'))}</h1>",
        f'<p class="note">{escape(text("batch", batch=batch))} · {escape(text("note"))}</p>',
        f"<p><strong>{escape(summary)}</strong></p>",
        f"<h2>{escape(text('overview'))}</h2>",
        _table([text(name) for name in ("subject", "asked", *_OUTCOMES)], rows, numbers=True),
    ]
    if broken:
        parts.append(f"<h2>{escape(text('attention'))}</h2>")
        parts.append(_table([text(name) for name in ("subject", "result", "explanation")], broken))
    return framed("\n".join([*parts, "</main>"]), f"{text('title')} · {batch}")


def _docs_text(labels: Labels, key: str, **values: object) -> str:
    return labels(f"expectations.docs.{key}", **values)


_OUTCOMES = ("holds", "reminders", "broken", "errors")


def _numbers(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many rules hold, remind, are broken though critical, and could not be checked."""
    found = Counter(_tick(verdict) for verdict in verdicts)
    ticks = ("holds", "reminder", "broken", "error")
    return {name: found[tick] for name, tick in zip(_OUTCOMES, ticks, strict=True)}


def _tick(verdict: Verdict) -> str:
    """Class of the status tick."""
    if verdict.error:
        return "error"
    if verdict.success:
        return "holds"
    return "broken" if verdict.rule.blocking else "reminder"


def _subject_row(validation: Validation, labels: Labels) -> str:
    """Name with a link to its page, and the numbers."""
    numbers = _numbers(validation.verdicts)
    title = escape(subject_title(validation.subject, labels))
    cells = "".join(
        f'<td class="number">{number}</td>'
        for number in (len(validation.verdicts), *numbers.values())
    )
    broken = (
        ' class="broken"'
        if validation.blocked
        else ' class="reminder"'
        if not validation.success
        else ""
    )
    return f'<tr{broken}><td class="name"><a href="{_page(validation.subject)}">{title}</a></td>{cells}</tr>'


def _verdict_row(subject: str, verdict: Verdict, labels: Labels) -> str:
    """Subject, status tick and the sentence of the verdict."""
    tick = _tick(verdict)
    title = escape(subject_title(subject, labels))
    return (
        f'<tr><td class="name"><a href="{_page(subject)}">{title}</a></td>'
        f'<td><span class="tick {tick}">{escape(_docs_text(labels, f"tick_{tick}"))}</span></td>'
        f"<td>{escape(verdict.message)}</td></tr>"
    )


def _table(headings: Sequence[str], rows: Sequence[str], *, numbers: bool = False) -> str:
    """A table in a panel; with `numbers`, all columns but the first are figures."""
    first = 1 if numbers else len(headings)
    head = "".join(
        f"<th{' class=number' if place >= first else ''}>{escape(heading)}</th>"
        for place, heading in enumerate(headings)
    )
    return (
        f'<div class="panel"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n'
        + "\n".join(rows)
        + "\n</tbody></table></div>"
    )
