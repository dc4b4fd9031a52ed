"""Medical aid, premiums, disability subsidies, 特困 candidates: who is on each list, and near misses that must not be."""

from dataclasses import replace
from typing import Any

import pytest

from tests.policy.entitled import ENTITLED, ENTITLEMENTS, VERIFY, Office, born

AID, PREMIUM = "medical_aid", "premium_subsidy"
LIVING, CARE, ALONE = "disability_living", "disability_care", "tekun_candidates"


def one(register: str = "dibao", **said: Any) -> Office:
    office = Office()
    office.add(register, "石阿妹", **said)
    return office


# Medical aid


GROUPS: list[tuple[str, dict[str, Any], str]] = [
    ("tekun", {}, "tekun"),
    ("tekun", {"assistance_type": "城市特困"}, "tekun"),
    ("dibao", {"assistance_type": "农村特困"}, "tekun"),
    ("dibao", {"class_tier": "长期保障户"}, "long_term"),
    ("dibao", {"class_tier": "一类"}, "long_term"),
    ("dibao", {"class_tier": "A类"}, "long_term"),
    ("dibao", born(80), "aged"),
    ("dibao", born(97), "aged"),
    ("dibao", {"birth_date": None, "age": "81岁"}, "aged"),
    ("poverty", {"health": "患有大病"}, "serious_illness"),
    ("poverty", {"health": "残疾,患有大病"}, "serious_illness"),
    ("poverty", {"health": "长期慢性病，患有大病", "lift_status": "已脱贫"}, "serious_illness"),
]


def many(people: list[tuple[str, dict[str, Any]]]) -> tuple[Office, list[tuple[str, int]]]:
    """Each person a household of the register; the office and their keys."""
    office = Office()
    keys = [
        (register, office.add(register, f"石阿妹{number}", household=number, **said))
        for number, (register, said) in enumerate(people)
    ]
    return office, keys


def test_every_group_gets_medical_aid() -> None:
    office, keys = many([(register, said) for register, said, _ in GROUPS])
    assert office.on(AID) == {
        key: (group, ENTITLED) for key, (_, _, group) in zip(keys, GROUPS, strict=True)
    }
    assert office.draw_up(AID).lists[AID]["amount"].null_count() == len(GROUPS)


def test_others_do_not() -> None:
    office, _ = many(
        [
            ("dibao", {}),
            ("dibao", {"class_tier": "重点保障户"}),
            ("dibao", born(79)),
            ("poverty", born(85)),
            ("poverty", {"health": "长期慢性病"}),
            ("poverty", {"health": "健康"}),
            ("dibao", {"health": "重病"}),
        ]
    )
    assert office.on(AID) == {}


def test_whether_the_aged_must_be_on_dibao_is_for_the_config() -> None:
    lists = []
    for made in ENTITLEMENTS.lists:
        rules = [
            rule.model_validate(
                rule.model_dump()
                | {"registers": ["dibao", "poverty"], "when": "alive AND age >= 80"}
            )
            if rule.group == "aged"
            else rule
            for rule in made.entitlements
        ]
        lists.append(made.model_copy(update={"entitlements": tuple(rules)}))
    office = one("poverty", **born(85))
    made = office.draw_up(AID, entitlements=replace(ENTITLEMENTS, lists=tuple(lists)))
    assert office.on(AID, made) == {("poverty", 1): ("aged", ENTITLED)}


def test_a_blank_is_verified() -> None:
    blanks: list[tuple[str, dict[str, Any], str]] = [
        ("dibao", {"class_tier": ""}, "分档类型空白"),
        ("dibao", {"birth_date": None}, "出生日期不详"),
        ("poverty", {"health": ""}, "健康状况空白"),
    ]
    office, keys = many([(register, said) for register, said, _ in blanks])
    made = office.draw_up(AID)
    for key, (_, _, words) in zip(keys, blanks, strict=True):
        row = office.row(AID, *key, made)
        assert row["status"] == VERIFY and words in row["why"]


def test_a_missing_column_switches_its_group_off() -> None:
    office = one("dibao", class_tier=None)
    made = office.draw_up(AID)
    assert office.on(AID, made) == {}
    assert ("dibao", "dibao.csv", "class_tier", ["E3b"]) in made.switched_off.rows()


def test_a_person_counts_once_with_the_best_group_and_the_others_are_named() -> None:
    office = Office()
    dibao = office.add("dibao", "石阿妹", class_tier="长期保障户", **born(85))
    poverty = office.add("poverty", "石阿妹", health="患有大病", **born(85))
    office.link(dibao, poverty)
    made = office.draw_up(AID)
    assert office.on(AID, made) == {("dibao", 1): ("long_term", ENTITLED)}
    row = office.row(AID, "dibao", 1, made)
    assert row["other_groups"] == ["aged", "serious_illness"]
    assert row["why"].endswith("同时属于：80岁以上老年人、建档立卡重病患者")


def test_entitled_by_one_group_goes_before_doubtful_by_a_better_one() -> None:
    office = one("dibao", class_tier="", **born(85))
    assert office.on(AID) == {("dibao", 1): ("aged", ENTITLED)}
    assert office.row(AID, "dibao", 1)["other_groups"] == ["long_term"]


# Premiums


def test_premiums_are_paid_in_full_for_tekun_and_by_a_fixed_amount_for_rural_dibao() -> None:
    office = Office()
    for number in range(3):
        office.add("tekun", f"特{number}", household=number)
        office.add("dibao", f"低{number}", household=number)
        office.add("severe_mental_illness", f"精{number}", household=number)
        office.add("poverty", f"贫{number}", household=number)
    office.add("dibao", "城", household=9, assistance_type="城市低保")
    office.add("urban_dibao", "市")
    office.add("disability_certificates", "残")
    made = office.draw_up(PREMIUM)
    groups = office.on(PREMIUM, made)
    full, mental, fixed = "full_tekun", "full_mental_illness", "fixed_rural_dibao"
    assert groups == {
        **{("tekun", record): (full, ENTITLED) for record in (1, 2, 3)},
        **{("severe_mental_illness", record): (mental, ENTITLED) for record in (1, 2, 3)},
        **{("dibao", record): (fixed, ENTITLED) for record in (1, 2, 3)},
    }
    amounts = {item.group: item.amount for item in _list(PREMIUM).entitlements}
    for (register, record), (group, _) in groups.items():
        rate = amounts[group]
        assert rate is not None
        assert office.row(PREMIUM, register, record, made)["amount"] == rate.yuan


def _list(name: str) -> Any:
    return next(made for made in ENTITLEMENTS.lists if made.list == name)


@pytest.mark.parametrize(
    ("tier", "dibao"), [("certain", None), ("probable", None), ("possible", VERIFY)]
)
def test_who_is_on_dibao_and_tekun_gets_one_premium(tier: str, dibao: str | None) -> None:
    office = one()
    office.listed("dibao", 1, "tekun", tier)
    expected = {("tekun", 1): ("full_tekun", ENTITLED)}
    if dibao:
        expected[("dibao", 1)] = ("fixed_rural_dibao", dibao)
    assert office.on(PREMIUM) == expected


def test_without_the_list_of_patients_only_their_group_is_off() -> None:
    office = one()
    made = office.draw_up(PREMIUM)
    assert ("severe_mental_illness", None, None, ["E4b"]) in made.switched_off.rows()
    assert office.on(PREMIUM, made) == {("dibao", 1): ("fixed_rural_dibao", ENTITLED)}


def test_links_that_contradict_each_other_put_nobody_together() -> None:
    """One 特困 row surely linked to two people of dibao: both keep their rows, and neither premium is paid twice on a guess."""
    office = Office()
    for number in (1, 2):
        office.add("dibao", f"人{number}", household=number)
    office.listed("dibao", 1, "tekun")
    office.evidence_links.append(office.evidence_links[-1] | {"record": 2})
    assert office.on(PREMIUM) == {
        ("tekun", 1): ("full_tekun", ENTITLED),
        ("dibao", 1): ("fixed_rural_dibao", VERIFY),
        ("dibao", 2): ("fixed_rural_dibao", VERIFY),
    }


# Disability subsidies

NOBODY = {"living_subsidy": "0", "care_subsidy": "0"}


def disabled(*people: dict[str, Any], register: str = "dibao") -> Office:
    """Households of one with a certificate (grade 2) and, where said, a row on the list of payments; it is there in any case."""
    office = Office()
    office.add("disability_payments", "别人", **NOBODY)
    for number, said in enumerate(people or ({},), start=1):
        office.add(register, f"石阿妹{number}", household=number)
        office.listed(register, number, "disability_certificates", **said.get("certificate", {}))
        payment = said.get("payment")
        if payment is not None:
            office.listed(register, number, "disability_payments", **payment)
            paid = office.evidence_links[-1]
            office.evidence_links.append(
                paid | {"register": "disability_certificates", "record": number}
            )
    return office


def test_dibao_with_a_certificate_is_entitled_to_the_living_subsidy() -> None:
    payments: list[tuple[dict[str, Any] | None, str]] = [
        (None, "unpaid"),
        ({"living_subsidy": "", "care_subsidy": "50"}, "unpaid"),
        ({"living_subsidy": "0"}, "unpaid"),
        ({"living_subsidy": "50"}, "paid"),
        ({"living_subsidy": "50元", "care_subsidy": "50"}, "paid"),
        ({"living_subsidy": "是"}, "paid"),
    ]
    office = disabled(*({"payment": payment} for payment, _ in payments))
    assert office.on(LIVING) == {
        ("dibao", number): (group, ENTITLED) for number, (_, group) in enumerate(payments, start=1)
    }


def test_urban_dibao_is_dibao_too() -> None:
    office = disabled(register="urban_dibao")
    assert office.on(LIVING) == {("urban_dibao", 1): ("unpaid", ENTITLED)}


def test_no_living_subsidy_without_dibao_or_without_a_certificate() -> None:
    office = Office()
    office.add("disability_payments", "别人", **NOBODY)
    office.add("dibao", "无证")
    office.add("dibao", "特困", household=2, assistance_type="农村特困")
    office.listed("dibao", 2, "disability_certificates")
    office.add("poverty", "贫")
    office.listed("poverty", 1, "disability_certificates")
    assert office.on(LIVING) == {}


def test_what_is_open_of_certificate_or_payment_is_verified() -> None:
    people: list[tuple[dict[str, Any], str]] = [
        ({"certificate": {"tier": "possible"}}, "残疾人证"),
        ({"payment": {"living_subsidy": "", "care_subsidy": ""}}, "生活补贴"),
        ({"payment": {"living_subsidy": "50", "tier": "possible"}}, "生活补贴"),
    ]
    office = disabled(*(said for said, _ in people))
    made = office.draw_up(LIVING)
    for number, (_, words) in enumerate(people, start=1):
        row = office.row(LIVING, "dibao", number, made)
        assert row["status"] == VERIFY and words in row["why"]


def test_a_certificate_that_only_dibao_states_is_verified() -> None:
    office = one(disability_certificate="52000019800101001X43")
    office.add("disability_payments", "别人", **NOBODY)
    office.add("disability_certificates", "另一人")
    assert office.on(LIVING) == {("dibao", 1): ("unpaid", VERIFY)}


@pytest.mark.parametrize("ground", ["no_dibao", "no_certificate", "dead"])
def test_paid_without_entitlement_is_verified_and_never_more(ground: str) -> None:
    office = Office()
    office.add("disability_certificates", "另一人")
    office.add("dibao", "石阿妹" if ground != "no_dibao" else "别人")
    office.listed("dibao", 1, "disability_payments", living_subsidy="50", care_subsidy="0")
    if ground == "no_dibao":
        office.evidence_links.clear()
    if ground == "dead":
        office.listed("dibao", 1, "disability_certificates")
        office.listed("disability_payments", 1, "deaths")
    made = office.draw_up(LIVING, CARE)
    assert office.on(LIVING, made) == {("disability_payments", 1): ("paid_not_entitled", VERIFY)}
    assert "核实前不停发" in office.row(LIVING, "disability_payments", 1, made)["why"]


def test_grades_one_and_two_are_entitled_to_the_care_subsidy() -> None:
    payments: list[tuple[dict[str, Any] | None, str]] = [
        (None, "unpaid"), ({"care_subsidy": "50"}, "paid"), ({"living_subsidy": "50"}, "unpaid"),
    ]  # fmt: skip
    people = [
        ({"certificate": {"disability_grade": grade}, "payment": payment}, group)
        for grade in ("一级", "2", "二级")
        for payment, group in payments
    ]
    office = disabled(*(said for said, _ in people))
    made = office.draw_up(CARE)
    assert office.on(CARE, made) == {
        ("disability_certificates", number): (group, ENTITLED)
        for number, (_, group) in enumerate(people, start=1)
    }
    assert set(made.lists[CARE]["per"]) == {"month"}


def test_grades_three_and_four_are_not() -> None:
    grades = ("三级", "四级", "3")
    office = disabled(*({"certificate": {"disability_grade": grade}} for grade in grades))
    assert office.on(CARE) == {}


def test_care_paid_at_grade_three_or_without_certificate_is_verified() -> None:
    third = disabled(
        {"certificate": {"disability_grade": "三级"}, "payment": {"care_subsidy": "50"}}
    )
    third.add("disability_payments", "石维山", care_subsidy="50")
    assert third.on(CARE) == {
        ("disability_payments", 2): ("paid_not_entitled", VERIFY),
        ("disability_payments", 3): ("paid_not_entitled", VERIFY),
    }


def test_care_paid_to_the_dead_is_verified_and_a_dead_holder_is_not_entitled() -> None:
    office = disabled({"payment": {"care_subsidy": "50"}}, {})
    office.listed("disability_payments", 2, "deaths")
    office.listed("disability_certificates", 2, "deaths")
    assert office.on(CARE) == {("disability_payments", 2): ("paid_not_entitled", VERIFY)}


def test_an_unknown_grade_and_two_certificates_that_differ_are_verified() -> None:
    blank = disabled({"certificate": {"disability_grade": ""}})
    assert blank.on(CARE) == {("disability_certificates", 1): ("unpaid", VERIFY)}
    two = disabled({"certificate": {"disability_grade": "二级"}})
    two.listed("dibao", 1, "disability_certificates", disability_grade="四级")
    assert {status for _, status in two.on(CARE).values()} == {VERIFY}


def test_without_payments_or_their_column_the_lists_are_off_and_say_so() -> None:
    office = one()
    office.listed("dibao", 1, "disability_certificates")
    made = office.draw_up(LIVING, CARE)
    assert made.lists[LIVING].is_empty() and made.lists[CARE].is_empty()
    rules = ["E5a", "E5b", "E5c", "E6a", "E6b", "E6c"]
    assert ("disability_payments", None, None, rules) in made.switched_off.rows()
    office.add("disability_payments", "别人", living_subsidy="50", care_subsidy=None)
    made = office.draw_up(LIVING, CARE)
    assert office.on(LIVING, made)[("dibao", 1)] == ("unpaid", ENTITLED)
    assert made.lists[CARE].is_empty()


# 特困 candidates


def candidate(register: str = "dibao", **said: Any) -> Office:
    office = one(register, **said)
    office.add("tekun", "别人")
    return office


def test_people_alone_who_are_old_minors_or_severely_disabled_are_candidates() -> None:
    people: list[tuple[str, dict[str, Any]]] = [
        ("dibao", {"household_size": "1", **born(60)}),
        ("dibao", born(15)),
        ("dibao", born(91)),
        ("dibao", {"disability_grade": "一级"}),
        ("dibao", {"disability_grade": "二级", "marital_status": "丧偶"}),
        ("poverty", {"household_size": "1", **born(60)}),
        ("poverty", born(15)),
        ("poverty", born(91)),
    ]
    office, keys = many(people)
    office.add("tekun", "别人")
    made = office.draw_up(ALONE)
    assert office.on(ALONE, made) == dict.fromkeys(keys, ("alone", VERIFY))
    assert all("入户核实" in why for why in made.lists[ALONE]["why"])


def test_who_has_somebody_or_is_able_is_none() -> None:
    office, _ = many(
        [
            ("dibao", born(59)),
            ("dibao", born(16)),
            ("dibao", {"disability_grade": "三级"}),
            ("dibao", {"household_size": "2", **born(70)}),
            ("dibao", {"marital_status": "已婚", **born(70)}),
            ("dibao", {"assistance_type": "农村特困", **born(70)}),
            ("poverty", {"lift_status": "未脱贫", **born(40)}),
        ]
    )
    office.add("tekun", "别人")
    assert office.on(ALONE) == {}


def test_family_on_either_register_or_tekun_already_is_none() -> None:
    office = Office()
    office.add("tekun", "别人")
    alone = office.add("dibao", "甲", **born(70))
    office.link(alone, office.add("poverty", "甲", household=1, **born(70)))
    office.add("poverty", "甲之子", household=1)
    served = office.add("dibao", "乙", household=2, **born(70))
    office.listed("dibao", served, "tekun")
    office.add("poverty", "丙", household=3, household_type="特困供养贫困户", **born(70))
    for who in ("丁", "戊"):
        office.add("dibao", who, household=4, **born(70))
    assert office.on(ALONE) == {}


def test_candidates_of_whom_something_is_unknown_say_what() -> None:
    unknown = candidate(birth_date=None, household_size="1")
    assert "出生日期不详" in unknown.row(ALONE, "dibao", 1)["why"]
    maybe = candidate(**born(70))
    maybe.listed("dibao", 1, "tekun", "possible")
    assert "特困供养尚不确定" in maybe.row(ALONE, "dibao", 1)["why"]


def test_a_bare_list_says_nothing_of_living_alone() -> None:
    bare = {"household_basis": "alone", "household_size": None, **born(70)}
    nothing = dict.fromkeys(("head_id", "head_name", "certificate_no"))
    assert candidate(**bare, **nothing).on(ALONE) == {}
    blank = candidate(**bare)
    assert "是否单人户不明" in blank.row(ALONE, "dibao", 1)["why"]


def test_somebody_on_both_registers_is_one_candidate_and_no_tekun_register_switches_off() -> None:
    office = Office()
    office.link(office.add("dibao", "甲", **born(70)), office.add("poverty", "甲", **born(70)))
    made = office.draw_up(ALONE)
    assert made.lists[ALONE].is_empty()
    assert ("tekun", None, None, ["E7"]) in made.switched_off.rows()
    office.add("tekun", "别人")
    assert office.on(ALONE) == {("dibao", 1): ("alone", VERIFY)}
