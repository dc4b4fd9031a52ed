"""`config/databases.yaml`: what cannot work is refused before anything runs."""

from pathlib import Path

import pytest

from reconciliation.intake.database_settings import Databases
from reconciliation.registers.errors import ConfigurationError
from tests.intake.offices import HEADERS


def load(text: str, folder: Path) -> Databases:
    path = folder / "databases.yaml"
    path.write_text(text, encoding="utf-8")
    return Databases.load(path).checked(HEADERS)


GOOD = """
registers:
  dibao:
    uri_variable: SHUANGQING_DATABASE
    tables: [{schema: jz, table: people, columns: {XM: name, SFZH: 身份证号}}]
"""


def test_a_sound_config_is_taken(tmp_path: Path) -> None:
    assert load(GOOD, tmp_path).registers["dibao"].tables[0].name == "jz.people"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dibao:", "dibaoo:", "no register"),
        ("schema: jz", "schemas: jz", "schemas"),
        ("    tables", "    uri: postgresql://u:secret@h/d\n    tables", "uri"),
        ("SHUANGQING_DATABASE", "postgresql://u:secret@h/d", "uri_variable"),
        ("people", '"' + "民" * 22 + '"', "63 bytes"),
        ("people", '"a\\nb"', "control characters"),
        ("SFZH: 身份证号", "SFZH: 备注", "no column is id_number"),
        ("SFZH: 身份证号", "SFZH: id_numbr", "neither a field"),
        ("SFZH: 身份证号", "SFZH: id_number, SFZ: id_number", "SFZ cannot be id_number"),
        ("XM: name, SFZH: 身份证号", "", "at least 1"),
        ("columns:", "max_rows: 0, columns:", "max_rows"),
        ("}}]", "}}, {schema: jz, table: people, columns: {XM: name}}]", "named twice"),
        ("    tables", "    time_zone: Asia/Guiyang\n    tables", "time zone"),
    ],
)
def test_a_config_that_cannot_work_is_refused_before_anything_runs(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError, match=said) as caught:
        load(GOOD.replace(old, new), tmp_path)
    assert "secret" not in str(caught.value)


def test_the_project_itself_has_no_register_in_a_database() -> None:
    assert Databases.load(Path(__file__).parents[3] / "config" / "databases.yaml").registers == {}
