"""How right the links of the sample are, shown at the end of the tests, also where another process ran them."""

from typing import Any

import polars as pl
import pytest

ACCURACY = pytest.StashKey[pl.DataFrame]()
_HANDED = "accuracy_of_the_sample"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the accuracy to the process that writes the summary, if the tests ran in one of several."""
    if ACCURACY in session.config.stash and hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_HANDED] = session.config.stash[ACCURACY].to_dicts()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the accuracy from the process that found it."""
    handed = getattr(node, "workeroutput", {}).get(_HANDED)
    if handed:
        node.config.stash[ACCURACY] = pl.DataFrame(handed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show how right the links of the sample are, overall and by the error planted in a row."""
    table = terminalreporter.config.stash.get(ACCURACY, None)
    if table is None:
        return
    terminalreporter.section("links of the sample against its truth")
    for tiers, *figures in table.filter(pl.col("error_class") == "all").select(
        "tiers", "links", "precision", "people", "recall"
    ).iter_rows():  # fmt: skip
        line = "{:<18} links {:>6,}  precision {:.5f}  people {:>6,}  recall {:.5f}"
        terminalreporter.write_line(line.format(tiers, *figures))
    recall = table.filter(pl.col("error_class") != "all").pivot(
        "tiers", index=["error_class", "people"], values="recall"
    )
    terminalreporter.write_line("")
    columns = ["certain", "certain_probable", "with_possible"]
    terminalreporter.write_line("recall by error     people  certain  +probable  +possible")
    for error, people, *values in recall.select("error_class", "people", *columns).iter_rows():
        terminalreporter.write_line(
            f"{error:<22}{people:>4}  {values[0]:>7.3f}  {values[1]:>9.3f}  {values[2]:>9.3f}"
        )
