"""Chinese names, descriptions and column meanings shown in the Dagster UI."""

import os
from pathlib import Path
from typing import TypedDict

from assets.workspace import CONFIG_VARIABLE
from reconciliation.configuration import DEFAULT_FOLDER
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LISTS, REQUIRED


def labels_in_effect() -> Labels:
    """The labels that descriptions are made from, known when definitions are loaded."""
    own = os.environ.get(CONFIG_VARIABLE)
    return Labels.load(DEFAULT_FOLDER / "labels.yaml", Path(own) / "labels.yaml" if own else None)


LABELS = labels_in_effect()

_COLUMNS = {
    **LABELS.mapping("assets.columns"),
    **LABELS.mapping("publishing.fields"),
    **LABELS.mapping("publishing.columns"),
    **LABELS.mapping("publishing.figures.measures"),
    **{
        f"{register}_{name}": f"{LABELS(f'registers.{register}')} {LABELS(f'lists.{name}')}"
        for register in REQUIRED
        for name in LISTS
    },
}

DATA_TEAM = "team:data_team"
CIVIL_AFFAIRS = "team:civil_affairs"
POVERTY_OFFICE = "team:poverty_office"


class Description(TypedDict):
    """The attributes of an asset that tell people what it is."""

    description: str
    group_name: str
    kinds: set[str]
    owners: list[str]


def described(
    key: str,
    *,
    group: str,
    kinds: set[str],
    owners: tuple[str, ...] = (DATA_TEAM,),
    **values: object,
) -> Description:
    """The attributes of an asset that tell people what it is.

    Args:
        key: the text `assets.<key>` of the labels file.
        group: the stage.
        kinds: what the asset is made of.
        owners: who answers for it.
        values: what the text's placeholders stand for.
    """
    return {
        "description": LABELS(f"assets.{key}", **values),
        "group_name": group,
        "kinds": kinds,
        "owners": list(owners),
    }


def column_meaning(name: str) -> str | None:
    """What a column holds, in Chinese, where the labels say so."""
    return _COLUMNS.get(name)
