"""The invented people: numbers that hold, families that look like families, cases that follow from what is true."""

import ast
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from stdnum.iso7064 import mod_11_2

from sample_registers import generator
from sample_registers.generator import numbers
from sample_registers.generator.county_model import CountyModel, make_model, make_province
from sample_registers.generator.damage_ids import CHECK_FAILS
from sample_registers.generator.rates import RATES_FILE, Rates
from sample_registers.generator.templates import role_number
from tests.sample_registers.conftest import BATCHES, Tables

NUMBER = {"dibao": "身份证号", "poverty": "证件号码"}
INCOME = {"dibao": "家庭年均收入（元）", "poverty": "人均纯收入"}


def has(prefix: str) -> pl.Expr:
    return pl.col("errors").list.eval(pl.element().str.starts_with(prefix)).list.any()


@pytest.fixture(scope="module")
def model() -> CountyModel:
    return make_model(make_province(5, "hard", Rates.load(RATES_FILE), 120_000), 0)


@pytest.mark.parametrize("register", NUMBER)
def test_undamaged_numbers_pass_the_check_and_those_said_to_fail_do_not(
    hard: Tables, register: str
) -> None:
    rows = hard[BATCHES[0], register]
    whole = rows.filter(~has("id_"))[NUMBER[register]].head(15_000).to_list()
    assert all(len(number) == 18 and mod_11_2.is_valid(number) for number in whole)
    failing = pl.col("errors").list.set_intersection(list(CHECK_FAILS)).list.len() > 0
    broken = rows.filter(failing)[NUMBER[register]].to_list()
    assert len(broken) > 100
    assert not any(mod_11_2.is_valid(number) for number in broken)
    assert {len(number) for number in broken} == {18}


def test_no_two_people_share_an_undamaged_number(hard: Tables) -> None:
    owners = pl.concat(
        hard[batch, register]
        .filter(~has("id_"))
        .select(pl.col(NUMBER[register]).alias("id"), "person")
        for batch in BATCHES
        for register in NUMBER
    ).unique()
    assert owners["id"].is_unique().all()
    assert owners["person"].is_unique().all()


def test_an_undamaged_number_says_the_sex_and_birth_date_of_the_row(hard: Tables) -> None:
    rows = hard[BATCHES[0], "dibao"].filter(~has("id_") & ~has("sex_"))
    birth = rows["身份证号"].str.slice(6, 8).str.to_date("%Y%m%d")
    assert (birth == rows["出生日期"].str.to_date("%Y-%m-%d")).all()
    odd = rows["身份证号"].str.slice(16, 1).cast(pl.Int8) % 2 == 1
    assert (odd == (rows["性别"] == "男")).all()


def test_a_crowded_birth_date_is_an_error_rather_than_a_shared_number() -> None:
    same = np.zeros(3, dtype=np.int64)
    two = np.full(3, 2)
    with pytest.raises(ValueError, match="more people"):
        numbers.bodies(same + 522401, same, same + 1, same, two)
    assert len(set(numbers.bodies(same + 522401, same, same + 1, same, two + 1).tolist())) == 3


def test_twins_have_neighbouring_numbers(model: CountyModel) -> None:
    people = model.people
    child = np.isin(people.role, (role_number("son"), role_number("daughter")))
    pair = child[1:] & child[:-1] & (people.family[1:] == people.family[:-1])
    twins = np.flatnonzero(pair & (people.birth[1:] == people.birth[:-1]))
    native_serial = people.body % 1000
    apart = np.abs(native_serial[twins + 1] - native_serial[twins])
    same_sex = people.male[twins + 1] == people.male[twins]
    assert len(twins) > 50
    assert np.mean(apart[same_sex] == 2) > 0.95


def test_brothers_share_the_surname_and_mostly_a_generation_character(model: CountyModel) -> None:
    people = model.people
    son = people.role == role_number("son")
    pairs = np.flatnonzero(son[1:] & son[:-1] & (people.family[1:] == people.family[:-1]))
    assert (people.surname[pairs] == people.surname[pairs + 1]).all()
    shared = (people.given[pairs] == people.given[pairs + 1]) & (people.given[pairs] > 0)
    assert 0.4 < shared.any(axis=1).mean() < 0.9


def test_wives_come_from_elsewhere_more_often_than_sons(model: CountyModel) -> None:
    home = {model.county.code, model.county.former_code}
    area = model.people.body // 100_000_000_000
    foreign = ~np.isin(area, list(home))
    wife = (model.people.role == role_number("spouse")) & (model.people.male == 0)
    assert 0.2 < foreign[wife].mean() < 0.5
    assert not foreign[model.people.role == role_number("son")].any()


def test_dibao_to_poverty_and_their_overlap_are_as_planned(hard: Tables) -> None:
    dibao, poverty = (hard[BATCHES[0], register]["person"].unique() for register in NUMBER)
    assert 0.55 <= dibao.is_in(poverty.implode()).mean() <= 0.65  # type: ignore[operator]
    assert 3.0 < len(poverty) / len(dibao) < 3.6
    assert 57_000 < len(dibao) + len(poverty) < 63_000


CASES = {
    "dibao": {"C1", "C5", "C6", "C7", "C7b", "C8", "C11", "C13", "C18"}
    | {"verify_unknown", "verify_incomes_differ", "verify_protected"},
    "poverty": {"C1", "C3", "C3b", "C3s", "C4", "C7", "C8", "C10", "C11", "C13", "C17", "C18"}
    | {"verify_unknown", "verify_incomes_differ", "verify_protected", "served_tekun"},
}


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("register", NUMBER)
def test_every_planned_case_occurs_in_the_committed_sample(
    committed: Path, register: str, batch: str
) -> None:
    beside = pl.read_parquet(committed / "truth" / batch / f"{register}.parquet")
    assert set(beside["planned_case"].unique()) == CASES[register]


@pytest.mark.parametrize("batch", BATCHES)
def test_the_planned_case_follows_from_what_the_registers_say(hard: Tables, batch: str) -> None:
    """The table of cases once more, from the written cells and the true households."""
    sides = {}
    for register in NUMBER:
        plain = hard[batch, register].filter(~has("duplicate"))
        sides[register] = {row["household"]: row for row in plain.iter_rows(named=True)}
    checked = set()
    for register, rows in sides.items():
        for household, row in rows.items():
            case = row["planned_case"]
            if case in ("C8", "C10", "C11", "C13", "C3s", "served_tekun"):
                continue
            expected = expected_case(sides["dibao"].get(household), sides["poverty"].get(household))
            assert case == expected, register
            checked.add(case)
    assert checked == {"C1", "C3", "C3b", "C4", "C5", "C6", "C7", "C7b", "C17", "C18"} | {
        "verify_unknown", "verify_incomes_differ", "verify_protected",
    }  # fmt: skip


LOW, BETWEEN, HIGH = range(3)
TABLE = {
    # on dibao only; poverty only, un-lifted and lifted; both, un-lifted and lifted
    "dibao": ("C5", "C6", "C7b"),
    "poverty": ("C3", "C3", "C4"),
    "poverty lifted": ("C3b", "C3b", "C17"),
    "both": ("C1", "C1", "C18"),
    "both lifted": ("C1", "C1", "C7"),
}


def band(income: str) -> int:
    return (float(income) >= 3535) + (float(income) >= 3900)


def expected_case(dibao: dict[str, str] | None, poverty: dict[str, str] | None) -> str:
    incomes = [row[INCOME[side]] for side, row in (("dibao", dibao), ("poverty", poverty)) if row]
    if "" in incomes:
        return "verify_unknown"
    if len({band(income) == HIGH for income in incomes}) == 2:
        return "verify_incomes_differ"
    status = "both" if dibao and poverty else "dibao" if dibao else "poverty"
    if poverty and poverty["脱贫属性"].startswith(("已脱贫", "稳定脱贫")):
        status += " lifted"
    case = TABLE[status][band(incomes[0])]
    protected = dibao is not None and dibao["分档类型"] == "长期保障户"
    return "verify_protected" if protected and case in ("C7", "C7b") else case


@pytest.mark.parametrize("register", NUMBER)
def test_the_second_batch_differs_as_promised(hard: Tables, register: str) -> None:
    first, second = (
        hard[batch, register].unique("person", keep="first", maintain_order=True)
        for batch in BATCHES
    )
    both = first.join(second, on="person", suffix="_2")
    assert len(first) > len(both) < len(second)
    identity = has("id_") | has("name_")
    damaged = first.filter(identity)["person"]
    put_right = second.filter(pl.col("person").is_in(damaged.implode()) & ~identity)
    assert 0.1 < len(put_right) / len(damaged) < 0.3
    assert (
        not second.filter(identity)["person"]
        .is_in(first.filter(~identity)["person"].implode())
        .any()
    )
    income = INCOME[register]
    assert 0.01 < (both[income] != both[f"{income}_2"]).mean() < 0.08  # type: ignore[operator]
    village = "行政村" if register == "poverty" else "所属社区"
    county = "县(市、区、旗)" if register == "poverty" else "所属区县"
    steady = (
        ~has("place_"),
        pl.col(village).str.ends_with("和村") & pl.col(village).str.starts_with("新"),
    )
    assert first.filter(steady).is_empty()
    renamed = second.filter(steady)
    assert renamed[county].n_unique() == second[county].n_unique()


def test_more_people_are_dead_in_the_second_batch(hard: Tables) -> None:
    first, second = (hard[batch, "deaths"] for batch in BATCHES)
    assert set(first["person"]) < set(second["person"])
    for batch in BATCHES:
        assert (hard[batch, "deaths"]["死亡日期"] <= batch).all()
    listed = hard[BATCHES[0], "poverty"].filter(pl.col("planned_case") == "C8")
    assert set(listed["person"]) <= set(first["person"])


def test_the_generator_uses_nothing_the_pipeline_reads_with() -> None:
    for path in Path(generator.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert all(
                not name.startswith("reconciliation") or name == "reconciliation.registers.base"
                for name in names
            ), path.name
