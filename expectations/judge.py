"""Great Expectations gives the verdict: one suite a unit, stock expectations, its public interface only.

What belongs here: everything that touches Great Expectations while judging, and its traps. What does not: counting
(`tally.py`) and wording (`validate.py`).

Great Expectations is imported inside the functions: it takes seconds and 260 MB.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from types import ModuleType
from typing import Any

import polars as pl

from expectations.rule import Rule
from expectations.tally import Failure, Tally

_ONE_AT_A_TIME = Lock()
"""Great Expectations keeps its context in a global: threads that share one got wrong answers without any exception."""

RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 20}
"""Counts and a few examples. The full list of violations is ours, and COMPLETE costs 75 µs a bad row."""

_KEPT = (
    "element_count",
    "unexpected_count",
    "unexpected_percent",
    "missing_count",
    "missing_percent",
    "unexpected_percent_total",
    "unexpected_percent_nonmissing",
    "partial_unexpected_list",
    "partial_unexpected_counts",
)
"""What of a result is kept: not the positions in the frame, which say nothing to a reader."""


@dataclass(frozen=True)
class Wording:
    """A rule in Chinese.

    Attributes:
        heading: number and what is asked; the name of the rule's column, so its heading in Data Docs.
        description: the same as a sentence with its weight and the share or bounds allowed.
    """

    heading: str
    description: str


@dataclass(frozen=True, eq=False)
class Judgement:
    """What Great Expectations says about one rule.

    Attributes:
        rule: the rule.
        tally: our own counts; None where the check itself failed.
        success: whether the rule holds; false where the check itself failed.
        reason: why the check itself failed (a type of exception, or `CountsDiffer`), None where it worked.
        entry: the result as plain JSON, for Data Docs; no traceback, no machine path, no value of a person.
    """

    rule: Rule
    tally: Tally | None
    success: bool
    reason: str | None
    entry: Mapping[str, Any] = field(repr=False)


def load_great_expectations() -> ModuleType:
    """The package, with its reports to the maker switched off before it is imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations  # noqa: PLC0415 - seconds and 260 MB, so only when judging

    return great_expectations


@contextmanager
def quiet_context() -> Iterator[Any]:
    """A context of its own that keeps everything in memory, reports to nobody and draws no progress bars.

    One at a time: Great Expectations keeps its context in a global.
    """
    gx = load_great_expectations()
    from great_expectations.data_context.types import base  # noqa: PLC0415

    settings = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    with _ONE_AT_A_TIME:
        yield gx.get_context(mode="ephemeral", project_config=settings)


def judge(
    subject: str, counted: Sequence[Tally | Failure], wordings: Mapping[str, Wording]
) -> list[Judgement]:
    """Have every counted rule judged.

    Args:
        subject: name the suites begin with.
        counted: what polars counted, with the column to judge, or why it could not.
        wordings: Chinese wording by rule number.

    Returns:
        One judgement a rule, in the order given.
    """
    units: dict[str, list[Tally]] = {}
    for item in counted:
        if isinstance(item, Tally):
            units.setdefault(item.rule.unit.name, []).append(item)
    try:
        results = _results(subject, units, wordings)
    except Exception as error:
        results = {item.rule.id: type(error).__name__ for item in counted}
    return [_judgement(item, results.get(item.rule.id), wordings) for item in counted]


def _results(
    subject: str, units: Mapping[str, Sequence[Tally]], wordings: Mapping[str, Wording]
) -> dict[str, Mapping[str, Any] | str]:
    """The result of each rule by its number, or the type of the exception its unit ended in."""
    results: dict[str, Mapping[str, Any] | str] = {}
    with quiet_context() as context:
        asset = context.data_sources.add_pandas("polars").add_dataframe_asset("unit")
        for name, asked in units.items():
            try:
                results |= _run(asset, f"{subject}.{name}", asked, wordings)
            except Exception as error:
                results |= {item.rule.id: type(error).__name__ for item in asked}
    return results


def _run(
    asset: Any, name: str, tallies: Sequence[Tally], wordings: Mapping[str, Wording]
) -> dict[str, Mapping[str, Any]]:
    """Judge the rules of one unit.

    Results come back in another order than they were asked, so they are matched by `meta`.
    """
    request = asset.build_batch_request(options={"dataframe": _slim(tallies, wordings)})
    batch = asset.get_batch(request)
    result = batch.validate(_suite(name, tallies, wordings), result_format=RESULT_FORMAT)
    entries = result.to_json_dict()["results"]
    return {entry["expectation_config"]["meta"]["rule"]: entry for entry in entries}


def _slim(tallies: Sequence[Tally], wordings: Mapping[str, Wording]) -> Any:
    """The rule columns of one unit as the pandas frame Great Expectations works on."""
    return pl.DataFrame(
        [item.column.alias(wordings[item.rule.id].heading) for item in tallies]
    ).to_pandas()


def _suite(name: str, tallies: Sequence[Tally], wordings: Mapping[str, Wording]) -> Any:
    """The suite of one unit. The `description` is set on each instance: a class's own does not reach the result."""
    gx = load_great_expectations()
    import great_expectations.expectations as stock  # noqa: PLC0415

    return gx.ExpectationSuite(
        name=name,
        expectations=[
            getattr(stock, item.rule.condition.expectation)(
                **_arguments(item.rule, wordings),
                severity=item.rule.severity,
                meta={"rule": item.rule.id},
                description=wordings[item.rule.id].description,
            )
            for item in tallies
        ],
    )


def _arguments(rule: Rule, wordings: Mapping[str, Wording]) -> dict[str, Any]:
    """Column, bounds and `mostly` of the rule's expectation."""
    return {
        "column": wordings[rule.id].heading,
        "mostly": rule.mostly,
        **rule.condition.arguments,
    }


def _judgement(
    counted: Tally | Failure,
    result: Mapping[str, Any] | str | None,
    wordings: Mapping[str, Wording],
) -> Judgement:
    """Take a result over only if it is one, and if its counts are ours."""
    rule = counted.rule
    if isinstance(counted, Failure):
        reason: str | None = counted.reason
    elif result is None or isinstance(result, str):
        reason = result or "NoResult"
    else:
        reason = _raised(result["exception_info"]) or _differs(counted, result["result"])
        if reason is None:
            kept = {name: value for name, value in result["result"].items() if name in _KEPT}
            entry = _entry(rule, wordings, bool(result["success"]), kept)
            return Judgement(rule, counted, entry["success"], None, entry)
    return Judgement(rule, None, False, reason, _entry(rule, wordings, False, {}, reason))


def _raised(info: Mapping[str, Any]) -> str | None:
    """Whether an expectation raised; the information is flat, or one entry a metric."""
    parts = [info, *(part for part in info.values() if isinstance(part, Mapping))]
    return "ExpectationRaised" if any(part.get("raised_exception") for part in parts) else None


def _differs(counted: Tally, result: Mapping[str, Any]) -> str | None:
    """Whether Great Expectations counted something else than we did: then nobody knows which is right."""
    judged = result["element_count"] - (result.get("missing_count") or 0)
    same = judged == counted.total and result["unexpected_count"] == counted.unexpected
    return None if same else "CountsDiffer"


def _entry(
    rule: Rule,
    wordings: Mapping[str, Wording],
    success: bool,
    result: Mapping[str, Any],
    reason: str | None = None,
) -> dict[str, Any]:
    """One result in Great Expectations' own JSON shape, free of paths, times and tracebacks."""
    name = rule.condition.expectation
    return {
        "success": success,
        "expectation_config": {
            "type": "".join(
                f"_{letter.lower()}" if letter.isupper() else letter for letter in name
            ).lstrip("_"),
            "kwargs": _arguments(rule, wordings),
            "meta": {"rule": rule.id},
            "description": wordings[rule.id].description,
            "severity": rule.severity,
        },
        "result": dict(result),
        "meta": {},
        "exception_info": {
            "raised_exception": reason is not None,
            "exception_traceback": None if reason is None else "",
            "exception_message": reason,
        },
    }
