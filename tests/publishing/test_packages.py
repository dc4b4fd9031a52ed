"""Each office gets its own lists and of the other register only what it needs."""

import json
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from reconciliation.configuration import Configuration
from reconciliation.policy.lists import COLUMNS
from reconciliation.publishing.hashes import file_hash
from reconciliation.publishing.packages import divide, write_packages
from reconciliation.publishing.reporting import PackageFields, Reporting
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.schema import ACTIONABLE
from tests.publishing.frames import SENDING, list_row

REPORTING = Configuration.load().reporting
SECRETS = {
    "dibao_class_tier": "只有民政需要",
    "dibao_assistance_type": "只有民政需要",
    "poverty_household_type": "只有扶贫需要",
    "poverty_flag_dibao": "只有扶贫需要",
}


def lists() -> dict[str, pl.DataFrame]:
    """On every list a row of each owner that has it."""
    rows = [
        dict.fromkeys(COLUMNS) | list_row(number) | SECRETS | {"owner": owner}
        for number, owner in enumerate(("civil_affairs", "poverty_office", "both"), 1)
    ]
    frame = pl.DataFrame(rows)
    foreign = {"dibao": "poverty_office", "poverty": "civil_affairs"}
    return {
        name: frame.filter(pl.col("owner") != foreign.get(name.partition("_")[2], ""))
        if name.partition("_")[0] in ("include", "exit")
        else frame
        for name in ACTIONABLE
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "packages"
    write_packages(folder, divide(lists(), REPORTING), SENDING)
    return folder


def test_each_office_has_its_own_lists_and_its_own_rows(written: Path) -> None:
    made = {
        owner: json.loads((written / owner / "package.json").read_text())
        for owner in REPORTING.packages
    }
    assert set(made) == {"civil_affairs", "poverty_office"}
    shared = {"correct": 2, "verify": 2, "duplicate": 2, "household_review": 2}
    own = {"include_dibao": 2, "exit_dibao": 2, "include_poverty": 1, "exit_poverty": 1}
    assert made["civil_affairs"]["lists"] == shared | own
    assert made["poverty_office"]["lists"] == shared | {
        name: 3 - rows for name, rows in own.items()
    }
    for owner, theirs in (("civil_affairs", "poverty_office"), ("poverty_office", "civil_affairs")):
        for path in (written / owner / "lists").iterdir():
            owners = set(pl.read_parquet(path)["owner"])
            assert owners <= {owner, "both"}
            assert theirs not in owners


@pytest.mark.parametrize(
    ("owner", "own", "foreign"),
    [
        ("civil_affairs", "只有民政需要", "只有扶贫需要"),
        ("poverty_office", "只有扶贫需要", "只有民政需要"),
    ],
)
def test_a_field_only_the_other_office_needs_is_nowhere_in_the_package(
    written: Path, owner: str, own: str, foreign: str
) -> None:
    texts = []
    for path in (written / owner / "lists").glob("*.parquet"):
        frame = pl.read_parquet(path)
        assert not {name for name, text in SECRETS.items() if text == foreign} & set(frame.columns)
        assert not {"case_key", "counterpart_case"} & set(frame.columns)
        texts.append(str(frame.rows()))
    for path in (written / owner / "workbooks").glob("*.xlsx"):
        book = CalamineWorkbook.from_path(path)
        texts += [str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    assert own in "".join(texts)
    assert foreign not in "".join(texts)


def test_every_row_is_in_the_package_of_its_owner_and_own_lists_are_there_even_empty() -> None:
    rows = lists() | {"exit_dibao": lists()["exit_dibao"].filter(owner="both").clear()}
    civil, poverty = divide(rows, REPORTING)
    assert civil.lists["exit_dibao"].is_empty()
    assert "exit_dibao" not in poverty.lists
    for name, frame in rows.items():
        found = [made.lists[name]["record"] for made in (civil, poverty) if name in made.lists]
        assert set(pl.concat(found)) == set(frame["record"])


def test_the_manifest_of_a_package_names_its_fields_and_every_file(written: Path) -> None:
    for owner, chosen in REPORTING.packages.items():
        folder = written / owner
        made = json.loads((folder / "package.json").read_text())
        assert made["fields"] == list(chosen.columns)
        files = {
            path.relative_to(folder).as_posix(): file_hash(path)
            for path in folder.rglob("*")
            if path.is_file() and path.name != "package.json"
        }
        assert made["files"] == files
        modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
        assert modes == {0o600}


def test_the_same_lists_give_the_same_packages(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "packages"
    write_packages(again, divide(lists(), REPORTING), SENDING)
    for owner in REPORTING.packages:
        one, two = ((folder / owner / "package.json").read_bytes() for folder in (written, again))
        assert one == two


def test_a_field_or_list_that_does_not_exist_is_refused() -> None:
    keys = ("register", "record", "county", "town", "village", "household", "rule", "owner")
    assert PackageFields(lists=("verify",), fields=keys).columns == tuple(
        column for column in COLUMNS if column in keys
    )
    with pytest.raises(ValueError, match="not a column of the lists: bank"):
        PackageFields(lists=("verify",), fields=(*keys, "bank"))
    with pytest.raises(ValueError, match="not a list somebody acts on: keep"):
        PackageFields(lists=("keep",), fields=keys)
    with pytest.raises(ValueError, match="needed to tell rows apart: owner"):
        PackageFields(lists=("verify",), fields=keys[:-1])
    with pytest.raises(ValueError, match="needed to tell rows apart: rule"):
        PackageFields(lists=("verify",), fields=(*keys[:-2], "owner"))


def test_a_town_in_two_units_is_refused(tmp_path: Path) -> None:
    keys = "[register, record, county, town, village, household, owner, rule]"
    path = tmp_path / "reporting.yaml"
    path.write_text(
        "prefectures: {}\n"
        "direct_units:\n"
        "  - {unit: 甲, source: unverified, places: [{county: 花溪区}]}\n"
        "  - {unit: 乙, source: unverified, places: [{county: 花溪区}]}\n"
        "packages:\n"
        f"  civil_affairs: {{lists: [verify], fields: {keys}}}\n"
        f"  poverty_office: {{lists: [verify], fields: {keys}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError, match="a place belongs to two units"):
        Reporting.in_places(path, {}, lambda names: names, lambda places: places)
