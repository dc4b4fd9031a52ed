"""All files of a report, in its folder."""

from pathlib import Path

from reconciliation.publishing.private_files import private_file, private_folder
from reconciliation.publishing.report.annex import ANNEXES, write_annex
from reconciliation.publishing.report.content import Content
from reconciliation.publishing.report.document import report_document, summary_document


def write_report(folder: Path, content: Content) -> list[Path]:
    """Write the report, the page for the leading group and the annexes, 0600; return their paths."""
    private_folder(folder)
    names = content.labels.mapping("publishing.report.files")
    path = {key: folder / name.format(batch=content.batch) for key, name in names.items()}
    for key, made in (("report", report_document), ("summary", summary_document)):
        with private_file(path[key]) as file:
            file.write(made(content))
    for key, levels in ANNEXES:
        write_annex(path[key], content, levels)
    return list(path.values())
