"""Texts as whole numbers: equal numbers for equal texts, and the characters of each.

Nearly all names are of two to four characters that take three bytes each in UTF-8; four times sixteen bits make one integer of
them. All others take a slower path.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from reconciliation.linkage.arrays import NONE, Bools, Codes, Ints, integers

_VIEW: Final = 16
_LENGTH: Final = 4
_MOST: Final = 4
_CHUNK: Final = 1 << 16
_BITS: Final = 16
_MOST_SMALL: Final = 1 << 26
"""Values below this are looked up in an array with a place for each."""


def packed(texts: pl.Series) -> Ints:
    """Two to four characters of three bytes each as one integer; `NONE` for null and for every other text.

    Arrow holds a text of up to twelve bytes within a view of sixteen, behind four that say how many bytes it has.
    """
    parts = [np.zeros(0, dtype=np.int64)]
    for chunk in texts.get_chunks():
        views = chunk.to_arrow(compat_level=pl.CompatLevel.newest())
        start, end = views.offset * _VIEW, (views.offset + len(views)) * _VIEW
        view = np.frombuffer(views.buffers()[1], dtype=np.uint8)[start:end].reshape(-1, _VIEW)
        known = chunk.is_not_null().to_numpy()
        parts.extend(
            _packed(view[at : at + _CHUNK], known[at : at + _CHUNK])
            for at in range(0, len(view), _CHUNK)
        )
    return np.concatenate(parts)


def _packed(view: npt.NDArray[np.uint8], known: Bools) -> Ints:
    size = view[:, 0]
    fits = (
        known & (size >= 6) & (size <= 12) & (size % 3 == 0) & (view[:, 1:_LENGTH] == 0).all(axis=1)
    )
    found = np.zeros(len(view), dtype=np.int64)
    for place in range(_MOST):
        first, second, third = (
            view[:, _LENGTH + 3 * place + byte].astype(np.int64) for byte in range(3)
        )
        inside = size > 3 * place
        fits &= ~inside | (first >> 4 == 0b1110)
        point = ((first & 0xF) << 12) | ((second & 0x3F) << 6) | (third & 0x3F)
        found = (found << _BITS) | np.where(inside, point, 0)
    return np.where(fits, found, NONE)


def unpacked(values: Ints) -> Codes:
    """The code points of packed texts, [text, 4], 0 behind the end."""
    places = [(values >> (_BITS * place)) & 0xFFFF for place in reversed(range(_MOST))]
    return np.stack(places, axis=1).astype(np.int32)


def text_codes(texts: pl.Series) -> Ints:
    """A number for each text: the packed one where there is one; else a smaller one; `NONE` for null."""
    codes = packed(texts)
    rest = pl.Series(codes == NONE)
    codes[rest.to_numpy()] = integers(texts.filter(rest).rank("dense"))
    return codes


def code_points(texts: pl.Series) -> Codes:
    """The characters of each text, 0 behind its end; null is an empty text."""
    filled = texts.fill_null("")
    width = int(filled.str.len_chars().max() or 1)  # type: ignore[arg-type]
    joined = filled.str.pad_end(width, "\0").str.join("").item() if len(filled) else ""
    return np.frombuffer(joined.encode("utf-32-le"), dtype=np.int32).reshape(-1, width)


def numbered(values: Ints) -> tuple[Ints, Ints]:
    """The distinct values, rising, and the place of each value among them; `NONE` counts for nothing and stays."""
    known = values != NONE
    kept = values[known]
    place = np.full(len(values), NONE, dtype=np.int64)
    if kept.min(initial=0) >= 0 and kept.max(initial=0) < _MOST_SMALL:
        occurring = np.zeros(int(kept.max(initial=0)) + 1, dtype=bool)
        occurring[kept] = True
        place[known] = (np.cumsum(occurring, dtype=np.int32) - 1)[kept]
        return np.flatnonzero(occurring) if len(kept) else kept, place
    place[known] = integers(pl.Series(kept).rank("dense")) - 1
    distinct = np.empty(int(place.max(initial=NONE)) + 1, dtype=np.int64)
    distinct[place[known]] = kept
    return distinct, place
