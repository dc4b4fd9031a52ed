"""The boundary between our functions and Dagster's event log: nothing that holds personal data may cross it.

Dagster stores the text of every exception. A message of polars or of Python may quote a cell, so only messages of our own
error types pass; of all others the type and the code locations are kept.
"""

import functools
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from reconciliation.registers.errors import FileRefusedError, UsageError

Compute = Callable[..., Iterator[Any]]


def guarded(compute: Compute) -> Compute:
    """Wrap the compute function of an asset so that what it raises is safe to store and show.

    Returns:
        A function of the same signature that raises only `dagster.Failure`, never retried: a bad input stays bad.
    """

    @functools.wraps(compute)
    def wrapped(*args: Any, **kwargs: Any) -> Iterator[Any]:
        try:
            yield from compute(*args, **kwargs)
        except (dg.Failure, dg.DagsterError):
            raise
        except (UsageError, FileRefusedError) as error:
            message = str(error)
        except Exception as error:
            message = f"{type(error).__name__} at {_locations(error)}"
        else:
            return
        raise dg.Failure(description=message, allow_retries=False) from None

    return wrapped


def _locations(error: BaseException) -> str:
    """The last code locations of a traceback as `file:line in function`, without any message or value."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} in {f.name}" for f in reversed(frames))
