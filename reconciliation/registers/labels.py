"""The Chinese wording a user reads, all from `config/labels.yaml`."""

from pathlib import Path
from typing import Any

from reconciliation.registers.base import load_yaml
from reconciliation.registers.errors import ConfigurationError


class Labels:
    """Texts by dotted key, with `{placeholders}` filled on request.

    >>> labels("intake.no_header", file="a.xlsx")
    """

    def __init__(self, texts: dict[str, Any], origin: str = "labels") -> None:
        """Take the nested mapping as loaded; `origin` is named when a key is missing."""
        self._texts = texts
        self._origin = origin

    @classmethod
    def load(cls, path: Path) -> "Labels":
        """Read the labels file."""
        return cls(load_yaml(path), str(path))

    def __call__(self, key: str, **values: object) -> str:
        """The text at `key`.

        Raises:
            ConfigurationError: no text at that key.
        """
        text = self._find(key)
        if not isinstance(text, str):
            raise ConfigurationError(f"{self._origin}: no text at '{key}'")
        return text.format(**values) if values else text

    def mapping(self, key: str) -> dict[str, str]:
        """All texts of one section, by their last key (for example the names of the lists)."""
        texts = self._find(key)
        if not isinstance(texts, dict):
            raise ConfigurationError(f"{self._origin}: no section at '{key}'")
        return {str(name): str(text) for name, text in texts.items()}

    def _find(self, key: str) -> Any:
        found: Any = self._texts
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found
