"""What tests of several packages share: the one PostgreSQL server of a test process, and who runs beside whom.

`make test` uses several processes. What one of them has set up the others have not: hence tests on the reconciled sample stay
together, and so do those of one file.
"""

import pytest
from hypothesis import settings

from tests.end_to_end.accuracy_summary import (
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.postgres import postgres

__all__ = ["postgres", "pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]

_SLOW = "end_to_end"

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that share what is slow to make into one group, and begin with the slow ones, so that none is left for the end."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: (_SLOW not in item.path.parts, not _uses_sample(item)))


def _group(item: pytest.Item) -> str:
    return "sample" if _uses_sample(item) else str(item.path)


def _uses_sample(item: pytest.Item) -> bool:
    return "sample_run" in getattr(item, "fixturenames", ())
