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
    def load(cls, path: Path, own: Path | None = None) -> "Labels":
        """Read the project's labels, with an office's own wording in place where it has any.

        Args:
            path: the whole labels file.
            own: a file of the same shape that may hold any part of it; ignored where it does not exist.

        Raises:
            ConfigurationError: a file is no YAML, or the own one has a key the project does not know.
        """
        texts = load_yaml(path)
        if own is not None and own.is_file() and own != path:
            texts = _overlaid(texts, load_yaml(own), str(own), "")
        return cls(texts, str(path))

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


def _overlaid(texts: Any, own: Any, origin: str, where: str) -> Any:
    """`texts` with the texts of `own` in their place."""
    if not isinstance(texts, dict) or not isinstance(own, dict):
        if isinstance(texts, dict) or isinstance(own, dict):
            raise ConfigurationError(f"{origin}: '{where}' is not of the shape it should be")
        return own
    unknown = sorted(str(key) for key in own if key not in texts)
    if unknown:
        raise ConfigurationError(
            f"{origin}: unknown {', '.join(f'{where}{key}' for key in unknown)}"
        )
    return texts | {
        key: _overlaid(texts[key], value, origin, f"{where}{key}.") for key, value in own.items()
    }
