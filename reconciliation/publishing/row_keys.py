"""What a row of a workbook is known by when it comes back: a key, and a code over everything that was locked.

The key is an HMAC-SHA256 (RFC 2104) of the case, the rule and the other person, so that nobody can make one or reckon back from
one; the release is written in front of it, so that a row says which book it is of wherever it was pasted. The code is an HMAC
over the key and the locked texts without their blanks: what a program that saves the book again does to blanks and line ends is
no tampering.
"""

import hmac
from collections.abc import Sequence
from typing import Final

import polars as pl

_DIGITS: Final = 32
"""128 bits: enough that none is ever hit by chance, short enough for a cell."""
_BETWEEN: Final = "\x1f"
_UNSEEN: Final = r"[\s\p{Cc}\p{Cf}]+|_x[0-9A-Fa-f]{4}_"
"""Blanks, control and format characters, and the sign for one that workbooks write in its place."""
IDENTITY: Final = ("register", "case_key", "rule", "counterpart_case")


def row_keys(rows: pl.DataFrame, release: str, secret: bytes) -> pl.Series:
    """The key of each row.

    Args:
        rows: `register`, `case_key`, `rule`, `counterpart_case` (null where nobody else is named).
        release: `2018-08-15.r2`.
        secret: key of the HMACs.
    """
    said = pl.concat_str([pl.col(name).fill_null("") for name in IDENTITY], separator="|")
    texts = rows.select("row|" + said).to_series().to_list()
    return pl.Series("key", [f"{release}/{_hmac(secret, text)}" for text in texts], dtype=pl.String)


def release_of(keys: pl.Expr) -> pl.Expr:
    """The release a key names; null where it names none."""
    return keys.str.extract(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(?:\.r[1-9][0-9]*)?)/")


def row_codes(rows: pl.DataFrame, locked: Sequence[str], secret: bytes) -> pl.Series:
    """The code of each row.

    Args:
        rows: `key` and the locked columns as the cells show them (String); those that are not there count as blank.
        locked: names of all locked columns, in their order.
        secret: key of the HMACs.
    """
    values = [
        pl.col(name).fill_null("").str.replace_all(_UNSEEN, "")
        if name in rows.columns
        else pl.lit("")
        for name in ("key", *locked)
    ]
    texts = rows.select(pl.concat_str(values, separator=_BETWEEN)).to_series().to_list()
    return pl.Series("code", [_hmac(secret, f"code|{text}") for text in texts], dtype=pl.String)


def _hmac(secret: bytes, text: str) -> str:
    return hmac.digest(secret, text.encode("utf-8"), "sha256").hex()[:_DIGITS]
