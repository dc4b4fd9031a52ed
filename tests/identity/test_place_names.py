"""Lists show places as offices write them, though they are compared without suffixes."""

import polars as pl

from reconciliation.identity.place_names import LEVELS, place_names, with_place_names

PLACE = dict.fromkeys(LEVELS, pl.String)


def frames(
    *rows: tuple[str | None, ...],
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Records and persons of one register from (county, town, village, county received, town received, village received)."""
    numbered = [(number, *row) for number, row in enumerate(rows, start=1)]
    received = {f"{level}_received": pl.String for level in LEVELS}
    both = pl.DataFrame(numbered, schema={"record": pl.Int64} | PLACE | received, orient="row")
    records = both.select("record", *(pl.col(f"{name}_received").alias(name) for name in LEVELS))
    return {"dibao": records}, {"dibao": both.select("record", *LEVELS)}


def shown(names: dict[str, pl.DataFrame], *place: str | None) -> tuple[str | None, ...]:
    frame = pl.DataFrame([place], schema=PLACE, orient="row")
    return with_place_names(frame, names).row(0)


def test_the_usual_spelling_is_shown() -> None:
    names = place_names(
        *frames(
            ("岚岭", "白溪", "坳寨", "岚岭县", "白溪镇", "坳寨村"),
            ("岚岭", "白溪", "坳寨", "岚岭县", "白溪", "坳寨村委会"),
            ("岚岭", "白溪", "坳寨", "岚岭", "白溪镇", "坳寨村"),
        )
    )
    assert shown(names, "岚岭", "白溪", "坳寨") == ("岚岭县", "白溪镇", "坳寨村")


def test_the_same_village_name_in_another_town_has_its_own_spelling() -> None:
    names = place_names(
        *frames(
            ("岚岭", "白溪", "新寨", "岚岭县", "白溪镇", "新寨村"),
            ("岚岭", "铅山", "新寨", "岚岭县", "铅山乡", "新寨社区"),
        )
    )
    assert shown(names, "岚岭", "铅山", "新寨") == ("岚岭县", "铅山乡", "新寨社区")


def test_an_unknown_place_stays_unknown_and_a_code_is_no_name() -> None:
    names = place_names(*frames(("岚岭", None, None, "520122", "", None)))
    assert shown(names, "岚岭", None, None) == ("岚岭", None, None)
    assert shown(names, None, None, None) == (None, None, None)


def test_rows_stay_in_their_order_and_a_prefix_names_other_columns() -> None:
    names = place_names(*frames(("岚岭", "白溪", "坳寨", "岚岭县", "白溪镇", "坳寨村")))
    frame = pl.DataFrame(
        {
            "at_county": ["无名", "岚岭", None],
            "at_town": ["甲", "白溪", None],
            "at_village": ["乙", "坳寨", None],
        }
    )
    named = with_place_names(frame, names, prefix="at_")
    assert named["at_county"].to_list() == ["无名", "岚岭县", None]
    assert named["at_village"].to_list() == ["乙", "坳寨村", None]
