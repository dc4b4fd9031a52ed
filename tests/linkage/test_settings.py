"""What `config/linkage.yaml` may not say."""

from pathlib import Path

import pytest

from reconciliation.linkage.settings import LinkageSettings
from reconciliation.registers.errors import ConfigurationError
from tests.linkage.people import CONFIG


def with_certain(folder: Path, least: float) -> Path:
    text = (CONFIG / "linkage.yaml").read_text("utf-8")
    assert "  certain: 0.98\n" in text
    text = text.replace("  certain: 0.98\n", f"  certain: {least}\n")
    path = folder / "linkage.yaml"
    path.write_text(text.replace("  probable: 0.9\n", "  probable: 0.8\n"), "utf-8")
    return path


def test_a_certain_link_may_be_asked_nine_in_ten(tmp_path: Path) -> None:
    assert LinkageSettings.load(with_certain(tmp_path, 0.9)).tiers.certain == 0.9


def test_a_certain_link_that_is_less_sure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"certain must be at least 0\.9"):
        LinkageSettings.load(with_certain(tmp_path, 0.89))


def test_a_certain_link_without_backing_may_not_be_less_sure_than_others(tmp_path: Path) -> None:
    text = (CONFIG / "linkage.yaml").read_text("utf-8")
    assert "  certain_alone: 0.995" in text
    path = tmp_path / "linkage.yaml"
    path.write_text(text.replace("  certain_alone: 0.995", "  certain_alone: 0.97"), "utf-8")
    with pytest.raises(ConfigurationError, match="certain_alone not below certain"):
        LinkageSettings.load(path)
