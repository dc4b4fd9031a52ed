"""The boundary between our functions and Dagster's event log: nothing that holds personal data may cross it.

Dagster stores the text of every exception. A message of polars or of Python may quote a cell, so only messages of our own
error types pass; of all others the type and the code locations are kept.
"""

import functools
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from reconciliation.registers.errors import UsageError

Compute = Callable[..., Iterator[Any]]


@contextmanager
def safe_errors() -> Iterator[None]:
    """Within this context only `dagster.Failure` leaves, never retried: a bad input stays bad.

    A panic inside polars is no `Exception`, and its text may quote a value as well; what a person or Dagster sends to end the run
    (Ctrl-C, exit, the closing of a generator) passes.
    """
    try:
        yield
    except (dg.Failure, dg.DagsterError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except UsageError as error:
        message = str(error)
    except BaseException as error:
        message = f"{type(error).__name__} at {_locations(error)}"
    else:
        return
    raise dg.Failure(description=message, allow_retries=False) from None


def guarded(compute: Compute) -> Compute:
    """Wrap the compute function of an asset so that what it raises is safe to store and show."""

    @functools.wraps(compute)
    def wrapped(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with safe_errors():
            yield from compute(*args, **kwargs)

    return wrapped


def _locations(error: BaseException) -> str:
    """The last code locations of a traceback as `file:line in function`, without any message or value."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} in {f.name}" for f in reversed(frames))
