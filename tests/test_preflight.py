"""What keeps a batch from starting, each with a message that says what to do."""

from pathlib import Path

import pytest

from reconciliation.configuration import DEFAULT_FOLDER
from reconciliation.preflight import Received, check_batch, previous_release
from reconciliation.publishing.secret import load_secret
from reconciliation.registers.campaign import Campaign
from reconciliation.registers.errors import UsageError

CAMPAIGN = Campaign.load(DEFAULT_FOLDER / "campaign.yaml")
FIRST, SECOND, THIRD = CAMPAIGN.batch_keys[:3]


@pytest.fixture
def registers(tmp_path: Path) -> Path:
    for batch in (FIRST, SECOND):
        for register in ("dibao", "poverty"):
            folder = tmp_path / "registers" / batch / register
            folder.mkdir(parents=True)
            (folder / "list.csv").touch()
    return tmp_path / "registers"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    load_secret(folder / ".secret", releases_exist=False)
    return folder


def check(
    registers: Path, output: Path, batch: str, *, revise: bool = False, tables: tuple[str, ...] = ()
) -> str:
    return check_batch(CAMPAIGN, Received(registers, tables), output, batch, revise=revise)


def test_a_first_batch_gets_its_date_as_name(registers: Path, output: Path) -> None:
    assert check(registers, output, FIRST) == FIRST


def test_an_unknown_batch_is_refused_and_the_known_ones_named(
    registers: Path, output: Path
) -> None:
    with pytest.raises(UsageError, match=r"2018-08-16.*2018-08-15"):
        check(registers, output, "2018-08-16")


def test_a_batch_without_folder_is_refused(registers: Path, output: Path) -> None:
    with pytest.raises(UsageError, match=THIRD):
        check(registers, output, THIRD)


@pytest.mark.parametrize("register", ["dibao", "poverty"])
def test_a_missing_required_register_is_named(registers: Path, output: Path, register: str) -> None:
    (registers / FIRST / register / "list.csv").unlink()
    with pytest.raises(UsageError, match=rf"lacks the required register {register}"):
        check(registers, output, FIRST)


def test_hidden_and_lock_files_do_not_make_a_register(registers: Path, output: Path) -> None:
    folder = registers / FIRST / "dibao"
    (folder / "list.csv").rename(folder / "~$list.xlsx")
    (folder / ".ready").touch()
    with pytest.raises(UsageError, match="dibao"):
        check(registers, output, FIRST)


def test_a_folder_that_is_no_register_is_refused(registers: Path, output: Path) -> None:
    (registers / FIRST / "dibaoo").mkdir()
    with pytest.raises(UsageError, match="dibaoo is no register"):
        check(registers, output, FIRST)


def test_files_outside_the_folders_of_registers_are_refused_and_told_where_to_go(
    registers: Path, output: Path
) -> None:
    (registers / FIRST / "late.xlsx").touch()
    (registers / FIRST / "notes.docx").touch()
    with pytest.raises(UsageError, match=r"late\.xlsx, notes\.docx would.*dibao/, poverty/"):
        check(registers, output, FIRST)


def test_marks_of_readiness_and_hidden_files_may_lie_beside_the_registers(
    registers: Path, output: Path
) -> None:
    for name in (".ready", f"{FIRST}.ready", ".DS_Store", "~$late.xlsx"):
        (registers / FIRST / name).touch()
    assert check(registers, output, FIRST) == FIRST


def test_a_published_batch_is_refused_unless_revised(registers: Path, output: Path) -> None:
    (output / FIRST).mkdir()
    with pytest.raises(UsageError, match="published already"):
        check(registers, output, FIRST)
    assert check(registers, output, FIRST, revise=True) == f"{FIRST}.r2"


def test_a_later_batch_waits_for_the_earlier_one(registers: Path, output: Path) -> None:
    with pytest.raises(UsageError, match=rf"cannot run before {FIRST}"):
        check(registers, output, SECOND)
    (output / FIRST).mkdir()
    assert check(registers, output, SECOND) == SECOND


def test_an_earlier_date_without_registers_does_not_hold_a_batch_up(
    registers: Path, output: Path
) -> None:
    for register in ("dibao", "poverty"):
        (registers / FIRST / register / "list.csv").unlink()
    assert check(registers, output, SECOND) == SECOND


def test_the_previous_release_is_the_newest_revision_of_the_nearest_batch(output: Path) -> None:
    assert previous_release(CAMPAIGN, output, THIRD) is None
    for name in (FIRST, f"{FIRST}.r2", f"{FIRST}.r10"):
        (output / name).mkdir()
    assert previous_release(CAMPAIGN, output, THIRD) == output / f"{FIRST}.r10"
    assert previous_release(CAMPAIGN, output, FIRST) is None


def test_a_required_register_may_come_from_a_database(registers: Path, output: Path) -> None:
    (registers / FIRST / "dibao" / "list.csv").unlink()
    assert check(registers, output, FIRST, tables=("dibao",)) == FIRST
    with pytest.raises(UsageError, match="lacks the required register dibao"):
        check(registers, output, FIRST, tables=("deaths",))


def test_a_register_in_two_places_is_refused(registers: Path, output: Path) -> None:
    with pytest.raises(UsageError, match=r"dibao has files.*databases\.yaml.*choose one"):
        check(registers, output, FIRST, tables=("dibao",))


def test_an_optional_register_in_two_places_is_refused(registers: Path, output: Path) -> None:
    (registers / FIRST / "deaths").mkdir()
    assert check(registers, output, FIRST, tables=("deaths",)) == FIRST
    (registers / FIRST / "deaths" / "list.csv").touch()
    with pytest.raises(UsageError, match="deaths has files"):
        check(registers, output, FIRST, tables=("deaths",))


def test_a_batch_wholly_in_a_database_comes_by_its_folder(registers: Path, output: Path) -> None:
    tables = ("dibao", "poverty")
    for batch in (FIRST, SECOND):
        for register in tables:
            (registers / batch / register / "list.csv").unlink()
    with pytest.raises(UsageError, match=f"no folder for batch {THIRD}"):
        check(registers, output, THIRD, tables=tables)
    with pytest.raises(UsageError, match=rf"cannot run before {FIRST}"):
        check(registers, output, SECOND, tables=tables)
    (output / FIRST).mkdir()
    assert check(registers, output, SECOND, tables=tables) == SECOND


def test_files_of_an_earlier_batch_hold_up_one_from_the_database(
    registers: Path, output: Path
) -> None:
    (registers / FIRST / "dibao" / "list.csv").unlink()
    (registers / SECOND / "dibao" / "list.csv").unlink()
    with pytest.raises(UsageError, match=rf"cannot run before {FIRST}"):
        check(registers, output, SECOND, tables=("dibao",))
    (registers / FIRST / "poverty" / "list.csv").unlink()
    assert check(registers, output, SECOND, tables=("dibao",)) == SECOND


def test_a_lost_secret_is_told_before_anything_is_read(registers: Path, output: Path) -> None:
    (output / ".secret").unlink()
    assert check(registers, output, FIRST) == FIRST
    (output / FIRST).mkdir()
    with pytest.raises(UsageError, match=r"\.secret is missing.*back-up"):
        check(registers, output, SECOND)
