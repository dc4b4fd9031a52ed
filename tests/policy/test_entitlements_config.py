"""The policy files of the other lists are checked at load, and the totals are the sums of the rows."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
import yaml

from reconciliation.configuration import Configuration
from reconciliation.policy.entitlements.settings import Entitlements
from reconciliation.policy.entitlements.totals import LEVELS
from reconciliation.registers.errors import ConfigurationError
from tests.policy.entitled import ENTITLEMENTS, Office, born
from tests.policy.world import CONFIG

FOLDER = CONFIG / "entitlements"


def as_written(places: pl.DataFrame) -> pl.DataFrame:
    return places.select("county", "town", "village")


def changed(folder: Path, name: str, **change: Any) -> Path:
    """A copy of the policy files in which the first rule of one has other values."""
    copy = folder / "entitlements"
    shutil.copytree(FOLDER, copy)
    path = copy / f"{name}.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    own = {key: change.pop(key) for key in ("list", "title", "due", "once") if key in change}
    content["entitlements"][0] |= change
    path.write_text(yaml.safe_dump(content | own, allow_unicode=True), "utf-8")
    return copy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"when": "alive AND rich"}, "unknown column or word: rich"),
        ({"when": "age > '八十'"}, "not of one type"),
        ({"when": "COALESCE(alive, TRUE)"}, "functions are not allowed"),
        ({"when": "CASE WHEN alive THEN TRUE END"}, "unknown column or word"),
        ({"when": "age"}, "not a condition"),
        ({"when": "registered"}, "unknown column or word: registered"),
        ({"registers": ["dibao", "deaths"]}, "not deaths"),
        ({"amount": {"yuan": 0, "per": "once", "source": "x"}}, "yuan"),
        ({"amount": {"yuan": 10.5, "per": "once", "source": "x"}}, "yuan"),
        ({"why": "{rich}"}, "shows unknown columns: rich"),
        ({"needs": ["dibao.salary"]}, "unknown column: dibao.salary"),
        ({"needs_registers": ["poverty"]}, "not optional"),
        ({"rule": "E3b"}, "rule numbers used twice: E3b"),
        ({"group": "aged"}, "a group stands twice"),
        ({"colour": "red"}, "colour"),
        ({"list": "aid"}, "must be named medical_aid"),
        ({"title": "资助参加2019年居民医保"}, "titles used twice"),
        ({"once": True}, "only known of dibao and poverty"),
    ],
)
def test_a_wrong_policy_file_is_refused_and_named(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Entitlements.load(changed(tmp_path, "medical_aid", **change), as_written)
    assert words in str(refused.value)
    assert "entitlements" in str(refused.value)


def test_the_projects_files_load_and_every_amount_names_its_source() -> None:
    rules = [rule for made in ENTITLEMENTS.lists for rule in made.entitlements]
    assert [rule.rule for rule in rules] == sorted(rule.rule for rule in rules)
    assert all(rule.amount.source for rule in rules if rule.amount)
    relief = rules[0].amount
    assert relief is not None and (relief.yuan, relief.per) == (1500, "once")


def test_places_of_the_field_check_are_found_under_any_of_their_names() -> None:
    check = ENTITLEMENTS.field_check
    assert check is not None
    assert len(check.deep("county")) == 14 and len(check.deep("town")) == 20
    assert "威宁" in check.deep("county")["county"]
    assert check.deep("village").is_empty()


def test_an_offices_own_folder_takes_the_place_of_the_projects(tmp_path: Path) -> None:
    changed(tmp_path, "urban_transfer", title="转城市低保")
    own, usual = Configuration.load(tmp_path), Configuration.load()
    assert own.entitlements.titles["urban_transfer"] == "转城市低保"
    assert own.digest != usual.digest


def test_totals_are_the_sums_of_the_rows_at_every_level() -> None:
    """Against pandas, from the rows of the lists themselves."""
    office = Office()
    prefectures = {"甲": "遵义市", "乙": "遵义市", "丙": "毕节市"}
    for number in range(30):
        county = "甲乙丙"[number % 3]
        place = {"county": county, "prefecture": prefectures[county]}
        who = f"人{number}"
        office.add("dibao", who, household=number // 4, class_tier="长期保障户", **place)
        office.add("poverty", who, household=number // 4, **place, **born(20))
        office.relocated(number + 1, "certain" if number % 5 else "possible")
    made = office.draw_up()
    assert made.tie_outs.filter(pl.col("expected") != pl.col("found")).is_empty()
    assert set(made.tie_outs["list"]) == set(made.lists)
    for name in ("relocation_relief", "premium_subsidy", "medical_aid"):
        rows = made.lists[name]
        assert rows.height > 0
        frame = pd.DataFrame(rows.select("county", "status", "amount", "household").to_dicts())
        frame["prefecture"] = frame["county"].map(prefectures)
        for level, key in zip(LEVELS, ("county", "prefecture", None), strict=True):
            total = made.totals.filter(pl.col("list") == name, pl.col("level") == level)
            grouped = frame.groupby(["status", key] if key else ["status"])
            found = {
                (row["status"], row[key]) if key else row["status"]: (row["people"], row["amount"])
                for row in total.iter_rows(named=True)
            }
            assert found == {
                (index if key else index[0] if isinstance(index, tuple) else index): (
                    len(part),
                    None if part["amount"].isna().all() else part["amount"].sum(),
                )
                for index, part in grouped
            }
    relief = made.totals.filter(
        pl.col("list") == "relocation_relief", pl.col("level") == "province"
    )
    assert (relief["amount"] == relief["people"] * 1500).all()


def test_a_household_on_both_registers_counts_once() -> None:
    office = Office()
    dibao = office.add("dibao", "甲", class_tier="一般保障户", **born(85))
    poverty = office.add("poverty", "甲", health="健康", **born(85))
    office.link(dibao, poverty)
    office.add("poverty", "甲之妻", health="患有大病")
    made = office.draw_up()
    province = made.totals.filter(pl.col("list") == "medical_aid", pl.col("level") == "province")
    assert province.select("people", "households").rows() == [(1, 1), (1, 1)]
    assert made.tie_outs.filter(pl.col("expected") != pl.col("found")).is_empty()
