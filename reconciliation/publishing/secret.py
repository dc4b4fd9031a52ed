"""The secret behind look-ups by ID.

A plain hash of an ID can be turned back by trying all IDs, so look-ups go through HMAC-SHA256 with a secret
(RFC 2104). A new secret would void every key out in the counties: it is made once, on first use, and a missing one is
refused where earlier releases exist.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from reconciliation.publishing.private_files import private_file, private_folder
from reconciliation.registers.errors import UsageError

_BYTES = 32
_WRITTEN = re.compile(rb"[0-9a-f]{64}\n?")


@dataclass(frozen=True)
class Secret:
    """The key itself; neither `repr` nor `str` shows it."""

    key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that tell two secrets apart and give nothing of either away; goes into the manifest."""
        return self.look_up("shuangqing secret fingerprint")[:16]

    def look_up(self, text: str) -> str:
        """HMAC-SHA256 of a text (UTF-8), as 64 hex digits."""
        return hmac.new(self.key, text.encode("utf-8"), hashlib.sha256).hexdigest()


def load_secret(path: Path, releases_exist: bool) -> Secret:
    """Read the secret, or make it where nothing has been published yet.

    Args:
        path: the secret's file, 64 hex digits, 0600.
        releases_exist: whether anything was published before; then a missing file is an error.

    Raises:
        UsageError: missing although releases exist, readable by others, or not a secret.
    """
    if not path.exists():
        if releases_exist:
            raise UsageError(
                f"{path} is missing, but releases made with it exist: restore it from the back-up. "
                "A new secret would void the keys in every workbook already sent out"
            )
        _create(path)
    return _read(path)


def _create(path: Path) -> None:
    """Write a new secret beside its place and link it there: it is whole, or it is not there."""
    private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with private_file(draft) as file:
            file.write(f"{secrets.token_hex(_BYTES)}\n".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        # Another run that came first keeps its secret: `link` does not overwrite, and we read theirs.
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> Secret:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        content = file.read(_BYTES * 4)
    if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
        raise UsageError(f"{path} can be read by others: set it to 0600 (chmod 600)")
    if not _WRITTEN.fullmatch(content):
        raise UsageError(f"{path} does not hold 64 hex digits: restore it from the back-up")
    return Secret(bytes.fromhex(content.decode("ascii").strip()))
