"""What an asset shows of itself in the Dagster UI: tables in markdown and the files to open. Counts only, never a person."""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import polars as pl

from assets.wording import LABELS, column_meaning
from assets.workspace import Workspace


def in_markdown(
    frame: pl.DataFrame, sections: Mapping[str, str] | None = None
) -> dg.MarkdownMetadataValue:
    """A small table of counts with Chinese headings.

    Args:
        frame: what to show, in its order; no column may say anything of a person.
        sections: column → the section of the labels that words its codes.
    """
    words = {column: LABELS.mapping(section) for column, section in (sections or {}).items()}
    heads = [column_meaning(name) or name for name in frame.columns]
    lines = [heads, ["---"] * len(heads)]
    for row in frame.iter_rows(named=True):
        lines.append([_cell(words.get(name, {}), value) for name, value in row.items()])
    return dg.MetadataValue.md("\n".join(f"| {' | '.join(cells)} |" for cells in lines))


def published_file(workspace: Workspace, batch: str, staged: Path) -> dg.PathMetadataValue:
    """Where a file of the staging folder will stand once the batch is published."""
    inside = staged.relative_to(workspace.staging(batch))
    return dg.MetadataValue.path(workspace.output_folder / workspace.release_name(batch) / inside)


def _cell(words: Mapping[str, str], value: object) -> str:
    if value is None:
        return "—"
    text = f"{value:,}" if isinstance(value, int) else words.get(str(value), str(value))
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
