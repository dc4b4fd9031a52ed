"""The sample for field checks: the same whatever the order of rows, more of what is risky, with probabilities that are true."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.policy.entitlements.field_check import Sampler
from reconciliation.policy.entitlements.field_check_settings import DeepPlace, FieldCheck, Risk
from reconciliation.policy.entitlements.sampling import (
    inclusion_probabilities,
    keyed_uniform,
    pareto_order,
)
from reconciliation.policy.evidence import Evidence
from reconciliation.policy.judge import Judgement
from tests.policy.entitled import ENTITLEMENTS, NOT_JUDGED
from tests.policy.world import RULEBOOK, World

CHECK = ENTITLEMENTS.field_check
assert CHECK is not None
COUNTIES = {"甲": 200, "乙": 60, "丙": 5, None: 12}


def settings_with(**changed: Any) -> FieldCheck:
    """The project's settings with others in their place, without deep poverty."""
    assert CHECK is not None
    usual = CHECK.model_dump() | {"deep_poverty": [], "per_county": 10}
    return FieldCheck.model_validate(usual | changed)


def villages(reverse: bool = False) -> World:
    """Households of two in four counties (one unknown), each with a town of its own number."""
    world = World()
    homes = [(county, number) for county, size in COUNTIES.items() for number in range(size)]
    for place, (county, number) in enumerate(reversed(homes) if reverse else homes):
        for who in ("户主", "妻"):
            world.add(
                "dibao", f"{county}{number}{who}", household=place, county=county, town=f"镇{number % 4}",
                relation="head" if who == "户主" else "spouse",
            )  # fmt: skip
    return world


WORLD = villages().evidence()


def drawn(
    check: FieldCheck,
    evidence: Evidence = WORLD,
    judgement: Judgement = NOT_JUDGED,
    batch: date = RULEBOOK.batch,
) -> pl.DataFrame:
    return Sampler(check, replace(RULEBOOK, batch=batch)).sample(evidence, judgement)


def test_every_county_is_represented_by_as_many_households_as_asked() -> None:
    sample = drawn(settings_with(counties={"乙": 25}))
    assert dict(sample.group_by("county").len().iter_rows()) == {
        "甲": 10, "乙": 25, "丙": 5, None: 10,
    }  # fmt: skip
    assert sample["household"].is_unique().all()
    assert set(sample["status"]) == {"verify"} and set(sample["relation"]) == {"head"}
    whole = sample.filter(pl.col("county") == "丙")
    assert set(whole["inclusion_probability"]) == {1.0}
    assert set(sample.filter(pl.col("county") == "甲")["stratum_households"]) == {200}
    assert set(sample["members"]) == {2}


def test_the_order_of_rows_does_not_change_the_sample() -> None:
    check = settings_with()
    before = drawn(check)
    shuffled = replace(
        WORLD,
        persons={name: frame.sample(fraction=1, shuffle=True, seed=3) for name, frame in WORLD.persons.items()},
        records={name: frame.sample(fraction=1, shuffle=True, seed=4) for name, frame in WORLD.records.items()},
    )  # fmt: skip
    assert drawn(check, shuffled).equals(before)


def test_the_numbers_of_records_and_households_do_not_change_the_sample() -> None:
    check = settings_with()
    before, after = drawn(check), drawn(check, villages(reverse=True).evidence())
    assert set(before["record"]) != set(after["record"])
    assert sorted(before["name"]) == sorted(after["name"])


def test_another_seed_or_batch_draws_other_households() -> None:
    before = set(drawn(settings_with())["name"])
    assert set(drawn(settings_with(seed="另一个"))["name"]) != before
    assert set(drawn(settings_with(), batch=date(2018, 8, 30))["name"]) != before


def test_a_household_of_both_registers_is_drawn_once() -> None:
    world = World()
    for number in range(6):
        pair = [world.add(side, f"户{number}", household=number) for side in ("dibao", "poverty")]
        world.link(*pair)
    world.add("poverty", "只在贫困", household=9)
    sample = drawn(settings_with(per_county=50), world.evidence(), world.judge())
    assert sorted(sample.select("register", "household").rows()) == [
        *(("dibao", number) for number in range(6)),
        ("poverty", 9),
    ]


def frequencies(
    check: FieldCheck, seeds: int = 300, judgement: Judgement = NOT_JUDGED
) -> pl.DataFrame:
    """How often each household was drawn, beside the probability that was stated."""
    samples = [
        drawn(check.model_copy(update={"seed": str(seed)}), judgement=judgement)
        for seed in range(seeds)
    ]
    return (
        pl.concat(samples)
        .group_by("county", "town", "household")
        .agg(drawn=pl.len() / seeds, stated=pl.col("inclusion_probability").first())
    )


def test_a_deep_poverty_town_is_drawn_as_often_as_stated_and_more_than_others() -> None:
    deep = DeepPlace(county="甲", town="镇1")
    check = settings_with(
        risks=[Risk(name="极贫", when="deep_town", weight=3)], deep_poverty=[deep]
    )
    found = frequencies(check).filter(pl.col("county") == "甲")
    by_town = found.group_by(deep=pl.col("town") == "镇1").agg(
        pl.col("drawn").sum() / 50, pl.col("stated").max()
    )
    rates = {row["deep"]: row for row in by_town.iter_rows(named=True)}
    assert rates[True]["stated"] == pytest.approx(10 * 3 / 300, abs=1e-6)
    assert rates[False]["stated"] == pytest.approx(10 / 300, abs=1e-6)
    assert rates[True]["drawn"] == pytest.approx(rates[True]["stated"], rel=0.1)
    # The other 150 households, their frequencies summed over 50.
    assert rates[False]["drawn"] / 3 == pytest.approx(rates[False]["stated"], rel=0.1)


def test_a_deep_poverty_county_has_a_larger_sample() -> None:
    check = settings_with(deep_county_factor=2.5, deep_poverty=[DeepPlace(county="甲")])
    sizes = dict(drawn(check).group_by("county").len().iter_rows())
    assert (sizes["甲"], sizes["乙"]) == (25, 10)


def test_households_with_proposals_weigh_more_and_say_why() -> None:
    records = WORLD.persons["dibao"].filter(pl.col("county") == "乙", pl.col("is_head"))["record"]
    dispositions = NOT_JUDGED.dispositions.clear().with_columns()
    decided = pl.DataFrame(
        {"register": "dibao", "record": records[:20], "disposition": "exit_dibao"}
    )
    judgement = replace(NOT_JUDGED, dispositions=pl.concat([dispositions, decided], how="diagonal"))
    sample = drawn(settings_with(per_county=30), judgement=judgement).filter(
        pl.col("county") == "乙"
    )
    focused = sample.filter(pl.col("group") == "focused")
    assert set(focused["record"]) <= set(records[:20])
    assert set(focused["risk_weight"]) == {3.0} and focused.height > 15
    assert all(why.endswith("重点情形：拟退出") for why in focused["why"])
    assert set(sample.filter(pl.col("group") == "random")["risk_weight"]) == {1.0}


def test_rates_can_be_estimated_from_the_sample() -> None:
    """Horvitz-Thompson: the weights of the drawn add up, on average, to the households there are."""
    deep = DeepPlace(county="甲", town="镇1")
    check = settings_with(
        risks=[Risk(name="极贫", when="deep_town", weight=4)], deep_poverty=[deep]
    )
    samples = [drawn(check.model_copy(update={"seed": str(seed)})) for seed in range(60)]
    of_county = pl.concat(samples).filter(pl.col("county") == "甲")
    assert of_county["design_weight"].sum() / 60 == pytest.approx(200, rel=0.05)
    in_town = of_county.filter(pl.col("town") == "镇1")["design_weight"].sum() / 60
    assert in_town == pytest.approx(50, rel=0.1)


@given(
    weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=40),
    size=st.integers(1, 45),
)
@settings(max_examples=200, deadline=None)
def test_inclusion_probabilities_add_up_and_follow_the_weights(
    weights: list[float], size: int
) -> None:
    array = np.array(weights)
    p = inclusion_probabilities(array, size)
    assert p.sum() == pytest.approx(min(size, len(weights)))
    assert (p > 0).all() and (p <= 1).all()
    below = p < 1
    if below.any():
        ratio = p[below] / array[below]
        assert ratio == pytest.approx(ratio[0])
        assert (array[~below] >= array[below].max()).all()


def test_keyed_numbers_are_uniform_and_bound_to_the_key() -> None:
    texts = pl.Series([f"户{number}" for number in range(20_000)])
    one, other = keyed_uniform(texts, "甲"), keyed_uniform(texts, "乙")
    assert ((one > 0) & (one < 1)).all()
    assert np.histogram(one, bins=10, range=(0, 1))[0] == pytest.approx(2000, abs=200)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert (keyed_uniform(texts.reverse(), "甲")[::-1] == one).all()


def test_certain_households_always_come_first() -> None:
    order = pareto_order(np.array([0.999, 0.001]), np.array([1.0, 0.5]))
    assert order[0] == 0 and order[1] > 0
