"""What tests of several packages share: the one PostgreSQL server of a test process, and who runs beside whom.

`make test` uses several processes. What one of them has set up the others have not: hence tests on the reconciled sample stay
together, and so do those of one file.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.end_to_end.accuracy_summary import (
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.postgres import postgres

__all__ = ["postgres", "pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]

_SAMPLE = "sample_run"
_SLOW = "end_to_end"

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests, so that none of them is left for the end."""
    items.sort(key=lambda item: (_SLOW not in item.path.parts, not _uses_sample(item.path)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Hand out files, and all that use the reconciled sample as one."""
    return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = self.config.rootpath / nodeid.split("::", maxsplit=1)[0]
        return _SAMPLE if _uses_sample(file) else str(file)


@cache
def _uses_sample(file: Path) -> bool:
    return _SAMPLE in file.read_text(encoding="utf-8")
