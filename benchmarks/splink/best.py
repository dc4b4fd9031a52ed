"""The best configuration of Splink that we could write for two Chinese registers; runs in its own environment.

`python best.py FOLDER` reads `dibao.parquet` and `poverty.parquet` (persons frames of docs/frames.md), writes `splink.parquet`
(`dibao_record`, `poverty_record`, `probability`, one to one) and `splink.json` (seconds, peak memory) beside them. Nothing of this
project is imported: what Splink is given is what anybody could give it. Beyond its stock comparisons it gets the sounds of the
names, levels of the number that know how it is built, and the numbers of the other members of the household, so that it
can use the family as the linkage does.
"""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from pypinyin import Style, lazy_pinyin
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SIDES = ("dibao", "poverty")
MOST_OTHERS = 12
PERSONS = """
    select
        record as unique_id, name_key, pinyin, left(name_key, 1) as surname, sex, relation, county,
        county || '/' || town as town, county || '/' || town || '/' || village as village,
        case when id_quality in ('valid', 'upgraded_15', 'check_failed', 'impossible') then id_number end as number,
        coalesce(id_number, id_partial)[1:14] as start14,
        id_area as area, id_number[11:14] as month_day, id_number[7:10] as year, id_number[15:18] as tail,
        strftime(birth_date, '%Y%m%d') as birth,
        case when id_quality in ('valid', 'upgraded_15') then id_number end as sound_number,
        household
    from read_parquet('{path}') join sounds using (name_key)
    where name_key is not null and len(name_key) > 0
"""
OTHERS = """
    select one.*, coalesce(others.numbers, []) as others
    from {side}_plain one left join (
        select a.unique_id, list(distinct b.sound_number) as numbers
        from {side}_plain a join {side}_plain b
            on a.household = b.household and a.unique_id <> b.unique_id and b.sound_number is not null
        group by a.unique_id having count(*) <= {most}
    ) others using (unique_id)
"""


def number_comparison() -> cl.CustomComparison:
    """Number and birth date are one factor: where a number is missing the birth dates speak, and never both."""
    missing = "(number_l is null or number_r is null)"
    return cl.CustomComparison(
        output_column_name="number",
        comparison_levels=[
            cll.CustomLevel(
                f"{missing} and (birth_l is null or birth_r is null) and (start14_l is null or start14_r is null)"
            ).configure(is_null_level=True),
            cll.CustomLevel("number_l = number_r", "equal"),
            cll.CustomLevel("damerau_levenshtein(number_l, number_r) <= 1", "one edit"),
            cll.CustomLevel("start14_l = start14_r and len(start14_l) = 14", "first 14 equal"),
            cll.CustomLevel(f"{missing} and birth_l = birth_r", "missing, birth date equal"),
            cll.CustomLevel(
                "area_l = area_r and year_l = year_r and tail_l[3] = tail_r[3]", "area, year, sex"
            ),
            cll.CustomLevel("birth_l = birth_r", "birth date equal"),
            cll.CustomLevel("damerau_levenshtein(birth_l, birth_r) <= 1", "birth date near"),
            cll.CustomLevel(missing, "missing, birth date differs"),
            cll.ElseLevel(),
        ],
    )


def name_comparison() -> cl.CustomComparison:
    """Characters, then sounds, then one character of three."""
    return cl.CustomComparison(
        output_column_name="name_key",
        comparison_levels=[
            cll.NullLevel("name_key"),
            cll.ExactMatchLevel("name_key", term_frequency_adjustments=True),
            cll.CustomLevel("pinyin_l = pinyin_r", "sounds the same"),
            cll.CustomLevel(
                "surname_l = surname_r and damerau_levenshtein(name_key_l, name_key_r) <= 1 "
                "and least(len(name_key_l), len(name_key_r)) >= 2",
                "one character",
            ),
            cll.CustomLevel("damerau_levenshtein(pinyin_l, pinyin_r) <= 2", "sounds near"),
            cll.CustomLevel("surname_l = surname_r", "surname"),
            cll.ElseLevel(),
        ],
    )


def place_comparison() -> cl.CustomComparison:
    """The narrowest place two records share."""
    return cl.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            cll.CustomLevel("county_l is null or county_r is null").configure(is_null_level=True),
            cll.CustomLevel("village_l = village_r", "village"),
            cll.CustomLevel("town_l = town_r", "town"),
            cll.CustomLevel("county_l = county_r", "county"),
            cll.ElseLevel(),
        ],
    )


def household_comparison() -> cl.CustomComparison:
    """Whether another member of one household is, by number, a member of the other."""
    return cl.CustomComparison(
        output_column_name="others",
        comparison_levels=[
            cll.CustomLevel("len(others_l) = 0 or len(others_r) = 0").configure(is_null_level=True),
            cll.CustomLevel("len(list_intersect(others_l, others_r)) >= 1", "shares a member"),
            cll.ElseLevel(),
        ],
    )


def settings() -> SettingsCreator:
    """Comparisons and blocking rules."""
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            name_comparison(),
            number_comparison(),
            cl.ExactMatch("sex"),
            cl.ExactMatch("relation"),
            place_comparison(),
            household_comparison(),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            block_on("others", "surname", arrays_to_explode=["others"]),
            block_on("start14"),
            block_on("area", "month_day", "tail"),
            block_on("area", "year", "tail"),
            block_on("village", "name_key"),
            block_on("name_key", "birth"),
            block_on("village", "birth"),
            block_on("town", "pinyin"),
        ],
        max_iterations=20,
    )


def prepare(folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Both registers as Splink wants them, in tables named after them."""
    paths = {side: folder / f"{side}.parquet" for side in SIDES}
    names = connection.execute(
        " union ".join(f"select name_key from read_parquet('{path}')" for path in paths.values())
    ).fetchall()
    known = sorted(name for (name,) in names if name)
    sounds = [(name, " ".join(lazy_pinyin(name, style=Style.NORMAL))) for name in known]
    connection.register("sounds", _frame(sounds))
    for side, path in paths.items():
        connection.execute(f"create table {side}_plain as {PERSONS.format(path=path)}")
        connection.execute(f"create table {side} as {OTHERS.format(side=side, most=MOST_OTHERS)}")


def _frame(sounds: list[tuple[str, str]]) -> object:
    import pandas as pd  # noqa: PLC0415 - only this environment has that pandas

    return pd.DataFrame(sounds, columns=["name_key", "pinyin"])


def link(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, int, float]]:
    """Train, predict, and take the best pairs first, one to one."""
    api = DuckDBAPI(connection=connection)
    linker = Linker([api.register(side, dataset_display_name=side) for side in SIDES], settings())
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("sound_number")], recall=0.9)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("sound_number"))
    training.estimate_parameters_using_expectation_maximisation(block_on("village", "name_key"))
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    rows = connection.execute(
        "select unique_id_l, unique_id_r, match_probability, source_dataset_l "
        f"from {predicted.physical_name} order by match_weight desc, unique_id_l, unique_id_r"
    ).fetchall()
    taken: tuple[set[int], set[int]] = (set(), set())
    found = []
    for one, other, probability, source in rows:
        pair = (one, other) if source == SIDES[0] else (other, one)
        if pair[0] not in taken[0] and pair[1] not in taken[1]:
            taken[0].add(pair[0])
            taken[1].add(pair[1])
            found.append((*pair, probability))
    return found


def main(folder: Path) -> None:
    """Link and write."""
    start = time.perf_counter()
    connection = duckdb.connect()
    prepare(folder, connection)
    prepared = time.perf_counter()
    links = link(connection)
    import pandas as pd  # noqa: PLC0415

    frame = pd.DataFrame(links, columns=["dibao_record", "poverty_record", "probability"])
    frame.to_parquet(folder / "splink.parquet")
    spent = {
        "seconds": round(time.perf_counter() - start, 2),
        "of_it_preparing": round(prepared - start, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    (folder / "splink.json").write_text(json.dumps(spent), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
