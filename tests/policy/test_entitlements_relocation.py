"""One-off relief of the relocated, and those to move to urban dibao: who is on the list, and near misses that must not be."""

from datetime import date
from typing import Any

import polars as pl

from tests.policy.entitled import ENTITLED, VERIFY, Office

RELIEF, TRANSFER = "relocation_relief", "urban_transfer"


def relief(*people: dict[str, Any]) -> Office:
    """Each person a household of the poverty list and a row of the relocation list."""
    office = Office()
    for number, said in enumerate(people or ({},), start=1):
        own, tier = said.get("poverty", {}), said.get("tier", "certain")
        record = office.add("poverty", f"石阿妹{number}", household=number, **own)
        there = {key: cell for key, cell in said.items() if key not in ("poverty", "tier")}
        office.relocated(record, tier, **there)
    return office


def test_people_relocated_in_2018_and_not_paid_are_to_get_1500_yuan() -> None:
    people: list[dict[str, Any]] = [
        {},
        {"relocation_year": "2018年"},
        {"relocation_year": "2018-05-03"},
        {"relocation_year": "2018年6月"},
        {"relocation_year": "２０１８年度"},
        {"relief_paid": "0"},
        {"relief_paid": "未发放"},
        {"settlement_form": "分散安置"},
        {"tier": "probable"},
        {"poverty": {"lift_status": "已脱贫"}},
        {"poverty": {"lift_status": ""}},
    ]
    office = relief(*people)
    assert office.on(RELIEF) == {
        ("poverty", number): ("relocated_2018", ENTITLED) for number in range(1, len(people) + 1)
    }


def test_a_row_says_what_is_due_by_when_and_where_it_is_from() -> None:
    row = relief().row(RELIEF, "poverty", 1)
    assert (row["rule"], row["status"], row["amount"], row["per"]) == ("E1", ENTITLED, 1500, "once")
    assert (row["due"], row["name"]) == (date(2018, 12, 31), "石阿妹1")
    assert (row["source_file"], row["source_row"]) == ("poverty.csv", 2)
    assert (row["evidence_register"], row["evidence_source_file"]) == (
        "relocation",
        "relocation.csv",
    )
    assert "1500元" in row["why"] and "2018-12-31" in row["why"]


def test_another_year_or_paid_already_is_left_out() -> None:
    office = relief(
        {"relocation_year": "2017"},
        {"relocation_year": "2019年"},
        {"relief_paid": "是"},
        {"relief_paid": "1500"},
        {"relief_paid": "1500元"},
        {"relief_paid": "2018-07-01"},
        {"relief_paid": "已发放"},
        {"tier": "possible", "relocation_year": "2017"},
    )
    assert office.on(RELIEF) == {}


def test_only_those_on_both_registers_are_on_the_list() -> None:
    office = Office()
    office.add("poverty", "龙阿朵")  # not relocated
    dibao = office.add("dibao", "吴老歪")
    office.relocated(dibao, register="dibao")  # relocated, not on the poverty list
    assert office.on(RELIEF) == {}


OPEN: list[tuple[dict[str, Any], str]] = [
    ({"relocation_year": ""}, "搬迁年度缺失"),
    ({"relocation_year": "2016-2018"}, "搬迁年度缺失"),
    ({"relief_paid": ""}, "是否已发一次性救助不明"),
    ({"relief_paid": "待定"}, "是否已发一次性救助不明"),
    ({"tier": "possible"}, "与易地搬迁名册的匹配尚不确定"),
    ({"tier": "probable", "name_key": "石阿姝"}, "与易地搬迁名册的匹配尚不确定"),
    ({"poverty": {"lift_status": "注销"}}, "登记已注销"),
]


def test_what_is_unknown_is_to_be_verified_with_what_is_missing() -> None:
    office = relief(*(said for said, _ in OPEN))
    made = office.draw_up(RELIEF)
    for number, (said, words) in enumerate(OPEN, start=1):
        row = office.row(RELIEF, "poverty", number, made)
        assert row["status"] == VERIFY, said
        assert row["why"].startswith("待核实：") and words in row["why"]


def test_the_dead_get_nothing_and_doubtful_deaths_are_verified() -> None:
    office = Office()
    for number, (tier, day) in enumerate(
        [("certain", "2018-03-01"), ("possible", "2018-03-01"), ("certain", "2018-12-01")]
    ):
        record = office.add("poverty", f"潘{number}", household=number)
        office.relocated(record)
        office.listed("poverty", record, "deaths", tier, death_date=day)
    assert office.on(RELIEF) == {
        ("poverty", 2): ("relocated_2018", VERIFY),
        ("poverty", 3): ("relocated_2018", ENTITLED),
    }


def test_a_person_relocated_twice_on_the_list_is_paid_once() -> None:
    """Two rows of the relocation list, one of which says that the relief was paid."""
    office = relief()
    office.relocated(1, relief_paid="是")
    assert office.on(RELIEF) == {}
    twice = relief()
    twice.relocated(1)
    assert len(twice.on(RELIEF)) == 1


def test_copies_of_a_person_are_paid_once() -> None:
    office = Office()
    first = office.add("poverty", "石维山")
    second = office.add("poverty", "石维山", household=2)
    office.same_person("poverty", first, second)
    office.relocated(first)
    assert office.on(RELIEF) == {("poverty", 1): ("relocated_2018", ENTITLED)}


def test_of_two_who_may_be_the_relocated_person_none_is_paid_on_a_guess() -> None:
    office = Office()
    for number in (1, 2):
        office.add("poverty", "杨秀英", household=number)
    office.relocated(1, "possible")
    office.evidence_links.append(office.evidence_links[-1] | {"record": 2})
    assert {status for _, status in office.on(RELIEF).values()} == {VERIFY}


HISTORY = pl.DataFrame({"list": [RELIEF], "case_key": ["k1"], "first_batch": ["2018-07-30"]})


def known(**said: Any) -> Office:
    office = relief(said)
    office.cases.append({"case_key": "k1", "register": "poverty", "record": 1})
    return office


def test_who_was_on_an_earlier_list_is_verified_where_the_file_does_not_tell_who_was_paid() -> None:
    """To have been listed is not to have been paid: left out, somebody unpaid would never be."""
    told_nothing = known(relief_paid=None)
    assert told_nothing.on(RELIEF, told_nothing.draw_up(RELIEF, history=HISTORY)) == {
        ("poverty", 1): ("relocated_2018", VERIFY)
    }
    assert told_nothing.on(RELIEF) == {("poverty", 1): ("relocated_2018", ENTITLED)}
    other = HISTORY.with_columns(case_key=pl.lit("k2"))
    assert len(told_nothing.on(RELIEF, told_nothing.draw_up(RELIEF, history=other))) == 1


def test_the_files_own_word_goes_before_an_earlier_list() -> None:
    unpaid, blank = known(relief_paid="否"), known(relief_paid="")
    assert unpaid.on(RELIEF, unpaid.draw_up(RELIEF, history=HISTORY)) == {
        ("poverty", 1): ("relocated_2018", ENTITLED)
    }
    assert (
        blank.row(RELIEF, "poverty", 1, blank.draw_up(RELIEF, history=HISTORY))["status"] == VERIFY
    )


def test_the_history_grows_by_those_entitled_and_keeps_the_first_batch() -> None:
    office = known()
    later = office.add("poverty", "吴阿香", household=2)
    office.relocated(later)
    unsure = office.add("poverty", "吴阿花", household=3)
    office.relocated(unsure, "possible")
    for record in (later, unsure):
        office.cases.append({"case_key": f"k{record}", "register": "poverty", "record": record})
    assert office.draw_up(RELIEF, history=HISTORY).history.rows() == [
        (RELIEF, "k1", "2018-07-30"),
        (RELIEF, f"k{later}", "2018-08-15"),
    ]


def test_without_the_register_or_its_year_the_list_is_off_and_says_so() -> None:
    office = Office()
    office.add("poverty", "龙阿朵")
    made = office.draw_up(RELIEF, TRANSFER)
    assert made.lists[RELIEF].is_empty()
    assert ("relocation", None, None, ["E1", "E2"]) in made.switched_off.rows()
    no_year = relief({"relocation_year": None})
    made = no_year.draw_up(RELIEF)
    assert made.lists[RELIEF].is_empty()
    assert ("relocation", "relocation.csv", "relocation_year", ["E1"]) in made.switched_off.rows()


def test_a_file_without_the_year_is_off_by_itself() -> None:
    office = relief()
    other = office.add("poverty", "吴阿香", household=2)
    office.relocated(other, relocation_year=None, source_file="b.csv")
    made = office.draw_up(RELIEF)
    assert list(office.on(RELIEF, made)) == [("poverty", 1)]
    assert ("relocation", "b.csv", "relocation_year", ["E1"]) in made.switched_off.rows()


# Urban dibao


def transfer(*people: dict[str, Any]) -> Office:
    """Each person a household of dibao and a row of the relocation list."""
    office = Office()
    for number, said in enumerate(people or ({},), start=1):
        own, tier = said.get("dibao", {}), said.get("tier", "certain")
        record = office.add("dibao", f"石阿妹{number}", household=number, **own)
        there = {key: cell for key, cell in said.items() if key not in ("dibao", "tier")}
        office.relocated(record, tier, "dibao", **there)
    return office


def test_those_moved_to_town_go_over_to_urban_dibao() -> None:
    people: list[dict[str, Any]] = [
        {},
        {"settlement_form": "进镇购房"},
        {"relocation_year": "2016"},
        {"dibao": {"assistance_type": ""}},
        {"tier": "probable"},
    ]
    office = transfer(*people)
    assert office.on(TRANSFER) == {
        ("dibao", number): ("moved_to_town", ENTITLED) for number in range(1, len(people) + 1)
    }
    assert office.row(TRANSFER, "dibao", 1)["amount"] is None


def test_those_settled_in_the_country_stay_rural() -> None:
    office = transfer(
        {"settlement_form": "分散安置"},
        {"hukou_moved": "否"},
        {"dibao": {"assistance_type": "城市低保"}},
        {"dibao": {"assistance_type": "农村特困"}},
    )
    assert office.on(TRANSFER) == {}


def test_who_is_on_urban_dibao_already_is_left_out_and_a_doubt_is_verified() -> None:
    office = transfer({}, {})
    office.listed("dibao", 1, "urban_dibao")
    office.listed("dibao", 2, "urban_dibao", "possible")
    assert office.on(TRANSFER) == {("dibao", 2): ("moved_to_town", VERIFY)}


def test_an_unknown_move_is_verified() -> None:
    office = transfer({"settlement_form": ""}, {"hukou_moved": ""}, {"tier": "possible"})
    assert office.on(TRANSFER) == {
        ("dibao", number): ("moved_to_town", VERIFY) for number in (1, 2, 3)
    }
