"""Why a file cannot be read: raised by the parsers, worded by `config/labels.yaml` (`intake.refused`).

Used inside the parsing process: imports nothing.
"""


class RefusedError(Exception):
    """A file that cannot be taken: the key of its wording and the values in it (numbers and formats, never cell texts)."""

    def __init__(self, reason: str, **values: object) -> None:
        """Name the reason (a key below `intake.refused`) and what its wording needs."""
        super().__init__(reason)
        self.reason = reason
        self.values = values
