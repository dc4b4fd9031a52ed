"""The mistakes: each class at its rate among those who can suffer it, and what each does to a cell."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from reconciliation.registers.errors import ConfigurationError
from sample_registers.generator import damage_ids, damage_names
from sample_registers.generator.confusions import LIKE_SHAPE, SAME_SOUND, VARIANTS
from sample_registers.generator.county_model import ages, make_model, make_province
from sample_registers.generator.listing import AGAIN, NEXT_COUNTY, OWN, Listing, make_listing
from sample_registers.generator.rates import ERROR_CLASSES, RATES_FILE, ErrorRates, Rates
from sample_registers.generator.situations import DIBAO, POVERTY
from sample_registers.generator.templates import role_number

RATES = Rates.load(RATES_FILE)
Bools = npt.NDArray[np.bool_]


@pytest.fixture(
    scope="module", params=[("hard", POVERTY), ("sample", POVERTY), ("hard", DIBAO)], ids=str
)
def listed(request: pytest.FixtureRequest) -> tuple[Listing, ErrorRates]:
    profile, register = request.param
    province = make_province(11, profile, RATES, 240_000)
    return make_listing(province, make_model(province, 1), register), RATES.profiles[profile].errors


def contains(rows: Listing, table: dict[str, str]) -> Bools:
    return np.array([any(c in table for c in name) and "·" not in name for name in names(rows)])


def names(rows: Listing) -> list[str]:
    return rows.model.names.gather(rows.person).to_list()


def ids(rows: Listing) -> list[str]:
    return rows.model.numbers.gather(rows.person).to_list()


def everybody(rows: Listing) -> Bools:
    return np.ones(len(rows.person), dtype=bool)


def ends_in_x(rows: Listing) -> Bools:
    return np.array([number.endswith("X") for number in ids(rows)])


def dependant_under(rows: Listing, age: int) -> Bools:
    young = ages(rows.model.people)[rows.person] < age
    return np.asarray(young & (rows.role != role_number("head")))


def family_larger_than_one(rows: Listing) -> Bools:
    people = rows.model.people
    return np.asarray(np.bincount(people.family)[people.family[rows.person]] > 1)


ROW_CLASSES: dict[str, Callable[[Listing], Bools]] = {
    **dict.fromkeys(
        (
            "id_wrong_digit", "id_wrong_birth_year", "id_adjacent_swap", "id_bad_check_digit", "id_blank",
            "id_placeholder", "id_reissued", "id_blanks", "id_apostrophe", "id_full_width", "name_remark",
            "place_suffix", "sex_contradiction",
        ),
        everybody,
    ),
    "id_borrowed": family_larger_than_one,
    "id_typed_as_number": lambda rows: ~ends_in_x(rows),
    "id_15_digits": lambda rows: np.array([number[6:8] == "19" for number in ids(rows)]),
    "id_certificate_form": lambda rows: rows.model.situations.disability[rows.person] > 0,
    "id_letter_o": lambda rows: np.array(["0" in number for number in ids(rows)]),
    "id_lower_x": ends_in_x,
    "id_star_for_x": ends_in_x,
    "name_homophone": lambda rows: contains(rows, SAME_SOUND),
    "name_look_alike": lambda rows: contains(rows, LIKE_SHAPE),
    "name_variant": lambda rows: contains(rows, VARIANTS),
    "name_wildcard": lambda rows: np.array(["·" not in name for name in names(rows)]),
    "name_middle_dot": lambda rows: np.array(["·" in name for name in names(rows)]),
    "name_new": lambda rows: np.array(["·" not in name for name in names(rows)]),
    "name_child_of": lambda rows: dependant_under(rows, 12),
    "name_nickname": lambda rows: dependant_under(rows, 16) & np.array(["·" not in n for n in names(rows)]),
    "name_inner_blank": lambda rows: np.array([len(n) == 2 for n in names(rows)]),
    "duplicate_row": lambda rows: rows.copy != NEXT_COUNTY,
}  # fmt: skip


@pytest.mark.parametrize("name", ROW_CLASSES)
def test_a_class_is_as_frequent_as_its_rate_among_the_eligible(
    listed: tuple[Listing, ErrorRates], name: str
) -> None:
    rows, rates = listed
    able, marked = ROW_CLASSES[name](rows), rows.marks[name]
    assert not (marked & ~able).any()
    assert_near(int(marked.sum()), int(able.sum()), rates.of(name))


FAMILY_CLASSES = (
    "household_other_village",
    "flag_wrong",
    "flag_blank",
    "income_blank",
    "household_split",
)


@pytest.mark.parametrize("name", FAMILY_CLASSES)
def test_a_class_of_households_is_as_frequent_as_its_rate(
    listed: tuple[Listing, ErrorRates], name: str
) -> None:
    rows, rates = listed
    family = rows.model.people.family[rows.person]
    able = rows.copy == OWN
    if name == "household_split":
        on_list = np.bincount(family[able])
        single = rows.model.situations.cover[family] == 1
        able = able & (on_list[family] > 1) & ~single
    marked = np.unique(family[able & rows.marks[name]])
    share = rates.of(name) * (1 - rates.flag_wrong if name == "flag_blank" else 1)
    # not every family of two and more can be split: its branch may not be listed
    slack = 0.12 * share * len(np.unique(family[able])) if name == "household_split" else 0
    assert_near(len(marked), len(np.unique(family[able])), share, slack)


def assert_near(count: int, among: int, rate: float, slack: float = 0) -> None:
    """Within five standard deviations of a binomial draw."""
    spread = (among * rate * (1 - rate)) ** 0.5
    assert among > 0
    assert abs(count - among * rate) <= 5 * spread + slack + 1


def test_hard_damages_as_much_as_the_benchmark_wants(listed: tuple[Listing, ErrorRates]) -> None:
    rows, rates = listed
    if rates is not RATES.profiles["hard"].errors:
        return
    wrong = [*list(damage_ids.MISTAKES)[:9]]
    odd = list(damage_ids.MISTAKES)[9:]
    shares = {
        "wrong": np.any([rows.marks[name] for name in wrong], axis=0).mean(),
        "odd": np.any([rows.marks[name] for name in odd], axis=0).mean(),
        "names": np.any([rows.marks[name] for name in damage_names.MISTAKES], axis=0).mean(),
        "village": (
            rows.marks["place_other_village"] | rows.marks["household_other_village"]
        ).mean(),
    }
    wanted = {"wrong": 0.03, "odd": 0.055, "names": 0.07, "village": 0.08}
    assert shares == pytest.approx(wanted, abs=0.012)


def test_split_households_have_a_head_each_and_merged_ones_one(
    listed: tuple[Listing, ErrorRates],
) -> None:
    rows, _ = listed
    marks = rows.marks
    plain = rows.copy != AGAIN
    odd = {*rows.unit[marks["no_head"]], *rows.unit[marks["two_heads"]]}
    heads = np.bincount(
        rows.unit[plain & (rows.role == role_number("head"))], minlength=rows.unit.max() + 1
    )
    for mark in ("household_split", "household_merged"):
        units = set(rows.unit[plain & marks[mark]].tolist()) - odd
        assert units
        assert {int(heads[unit]) for unit in units} == {1}


def test_two_heads_and_no_head_are_what_they_say(listed: tuple[Listing, ErrorRates]) -> None:
    rows, _ = listed
    heads = np.bincount(
        rows.unit[(rows.copy != AGAIN) & (rows.role == role_number("head"))],
        minlength=rows.unit.max() + 1,
    )
    own = rows.copy == OWN
    assert set(heads[rows.unit[own & rows.marks["no_head"]]].tolist()) <= {0}
    assert set(heads[rows.unit[own & rows.marks["two_heads"]]].tolist()) <= {1, 2}


BODY = st.integers(10**16, 10**17 - 1).map(str)
DRAW = st.floats(0, 1, exclude_max=True)
FACTS = damage_ids.NumberFacts("52240119800101001X", "522401198002010013", "43")


@given(BODY, DRAW, st.sampled_from(sorted(damage_ids.CHECK_FAILS)))
def test_mistakes_said_to_fail_the_check_always_do(body: str, draw: float, name: str) -> None:
    if len(set(body[2:17])) == 1:
        return
    number = body + mod_11_2.calc_check_digit(body)
    damaged = damage_ids.MISTAKES[name](number, draw, FACTS)
    assert len(damaged) == 18
    assert not mod_11_2.is_valid(damaged)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("id_typed_as_number", "522401198001012000"),
        ("id_15_digits", "522401800101200"),
        ("id_placeholder", "无"),
        ("id_full_width", "５２２４０１１９８００１０１２００Ｘ"),
        ("id_lower_x", "52240119800101200x"),
        ("id_star_for_x", "52240119800101200*"),
        ("id_apostrophe", "'52240119800101200X"),
        ("id_certificate_form", "52240119800101200X43"),
        ("id_borrowed", FACTS.relative),
        ("id_reissued", FACTS.reissued),
        ("id_letter_o", "5224O119800101200X"),
    ],
)
def test_what_a_mistake_makes_of_a_number(name: str, written: str) -> None:
    assert damage_ids.MISTAKES[name]("52240119800101200X", 0.0, FACTS) == written


@pytest.mark.parametrize(
    ("name", "right", "draw", "written"),
    [
        ("name_missing_character", "令狐光明", 0.0, "令狐明"),
        ("name_swapped", "王光明", 0.0, "王明光"),
        ("name_variant", "王国", 0.0, "王國"),
        ("name_wildcard", "王光明", 0.0, "王?明"),
        ("name_middle_dot", "阿依·古丽", 0.0, "阿依•古丽"),
        ("name_remark", "王光明", 0.0, "王光明（已故）"),
        ("name_child_of", "王小明", 0.9, "张某之子"),
        ("name_nickname", "王小明", 0.0, "王幺妹"),
        ("name_inner_blank", "王明", 0.0, "王 明"),
    ],
)
def test_what_a_mistake_makes_of_a_name(name: str, right: str, draw: float, written: str) -> None:
    facts = damage_names.NameFacts(surname=right[:1], head="张三", male=True)
    if right.startswith("令狐"):
        facts = damage_names.NameFacts("令狐", "令狐三", True)
    assert damage_names.MISTAKES[name](right, draw, facts) == written


@given(DRAW)
def test_a_new_name_is_another_name_of_the_same_surname(draw: float) -> None:
    facts = damage_names.NameFacts("王", "王三", True)
    new = damage_names.MISTAKES["name_new"]("王勇军", draw, facts)
    assert new.startswith("王")
    assert new != "王勇军"
    assert 2 <= len(new) <= 3


def test_every_class_has_a_rate_and_a_meaning() -> None:
    assert set(ErrorRates.model_fields) == set(ERROR_CLASSES)
    assert set(damage_ids.MISTAKES) | set(damage_names.MISTAKES) <= set(ERROR_CLASSES)


def test_a_rate_nobody_knows_or_above_one_is_refused(tmp_path: Path) -> None:
    text = RATES_FILE.read_text(encoding="utf-8")
    for wrong in (text + "\nunknown: 1\n", text.replace("id_blank: 0.003", "id_blank: 1.5")):
        path = tmp_path / "rates.yaml"
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(ConfigurationError, match="rates"):
            Rates.load(path)
