"""The two scored passes: the second knows the households the first has linked, and keeps its prior."""

from collections.abc import Callable

import numpy as np

from reconciliation.linkage.arrays import Ints
from reconciliation.linkage.circumstances import Settled
from reconciliation.linkage.ground import Ground, Scene
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.scoring import score


def two_passes(ground: Ground, begin: Callable[[str], None]) -> Scored:
    """Score every candidate pair of open rows twice.

    Args:
        ground: open rows and learned shares.
        begin: told the key of each pass as it begins.

    Returns:
        The scores of the second pass.
    """
    begin("first_pass")
    scene = Scene.of(ground)
    first = score(scene, ground.settled, None)
    begin("second_pass")
    linking = _with(ground.settled, first.accepted(ground.settings.household_probability))
    return score(scene, linking, first)


def _with(settled: Settled, more: tuple[Ints, Ints]) -> Settled:
    a, b = settled.pairs
    return Settled.of(
        len(settled.partner_left),
        len(settled.partner_right),
        np.concatenate([a, more[0]]),
        np.concatenate([b, more[1]]),
    )
