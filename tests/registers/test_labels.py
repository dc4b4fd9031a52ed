"""An office may word things its own way, and only things there are."""

from pathlib import Path

import pytest

from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.labels import Labels


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "labels.yaml"
    path.write_text("lists: {keep: 继续保留, verify: 待核实}\nsay: 共{count}人\n", encoding="utf-8")
    return path


def own(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_wording_replaces_what_it_names_and_nothing_else(project: Path) -> None:
    labels = Labels.load(project, own(project.parent, "lists: {verify: 须入户核实}\n"))
    assert labels.mapping("lists") == {"keep": "继续保留", "verify": "须入户核实"}
    assert labels("say", count=3) == "共3人"


def test_an_unknown_key_is_refused_with_its_place(project: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"own\.yaml: unknown lists\.verifi"):
        Labels.load(project, own(project.parent, "lists: {verifi: 须入户核实}\n"))


def test_a_text_where_a_section_belongs_is_refused(project: Path) -> None:
    with pytest.raises(ConfigurationError, match="lists"):
        Labels.load(project, own(project.parent, "lists: 清单\n"))


def test_a_missing_text_names_file_and_key(project: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"labels\.yaml: no text at 'lists\.other'"):
        Labels.load(project)("lists.other")
