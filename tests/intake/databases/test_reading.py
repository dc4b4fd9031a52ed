"""A register in PostgreSQL is read as files are, and nothing else of the database is asked for."""

import csv
import hashlib
import io
import random
from typing import Any

import pytest

from tests.intake.databases.tables import (
    BATCH,
    READER,
    VARIABLE,
    cells,
    make,
    only,
    refused,
    taken,
)
from tests.intake.offices import person_id
from tests.postgres import Postgres


@pytest.mark.parametrize(
    "relation",
    [
        "CREATE VIEW jz.people AS SELECT * FROM jz.base",
        "CREATE MATERIALIZED VIEW jz.people AS SELECT * FROM jz.base",
        "CREATE TABLE jz.people (xm text, sfzh text) PARTITION BY LIST (xm);"
        "CREATE TABLE jz.part PARTITION OF jz.people DEFAULT; INSERT INTO jz.people SELECT * FROM jz.base",
    ],
)
def test_views_and_partitioned_tables_are_read_like_tables(
    postgres: Postgres, database: str, relation: str
) -> None:
    base = f"CREATE TABLE jz.base AS SELECT '甲' AS xm, '{person_id(1)}' AS sfzh; "
    make(postgres, database, base + relation)
    intake = taken({"columns": {"xm": "name", "sfzh": "id_number"}})
    assert cells(intake, "name", "id_number") == [("甲", person_id(1))]
    assert only(intake)["source_file"] == "数据库 jz.people"


def test_columns_that_are_not_named_never_leave_the_server(
    postgres: Postgres, database: str
) -> None:
    """The reader has no right to them, and no statement asks for them."""
    postgres.run("DROP SCHEMA IF EXISTS jz CASCADE; CREATE SCHEMA jz", database)
    postgres.run(
        "CREATE TABLE jz.people (xm text, sfzh text, bank_card text);"
        "INSERT INTO jz.people VALUES ('甲', '1', '6222');"
        f"GRANT USAGE ON SCHEMA jz TO {READER}; GRANT SELECT (xm, sfzh) ON jz.people TO {READER}",
        database,
    )
    before = postgres.log.stat().st_size
    assert only(taken({"columns": {"xm": "name", "sfzh": "id_number"}}))["rows_accepted"] == 1
    said = postgres.log.read_bytes()[before:].decode()
    assert '"people"' in said
    assert "bank_card" not in said
    assert "SELECT * FROM jz" not in said
    columns = {"xm": "name", "sfzh": "id_number", "bank_card": "account_number"}
    assert "没有读取列“bank_card”的权限" in refused(taken({"columns": columns}))


@pytest.mark.parametrize(
    ("type_name", "this", "other"),
    [
        ("date", "2018-08-15", "2018-08-30"),
        ("timestamp", "2018-08-15 23:00", "2018-08-16"),
        ("timestamptz", "2018-08-14 16:00+00", "2018-08-15 16:00+00"),
        ("text", "2018-08-15", "2018-08-30"),
        ("char(12)", "20180815", "20180830"),
        ("integer", "20180815", "20180830"),
    ],
)
def test_only_the_rows_of_the_batch_are_read(
    postgres: Postgres, database: str, type_name: str, this: str, other: str
) -> None:
    make(
        postgres,
        database,
        f"CREATE TABLE jz.people (xm text, sfzh text, pc {type_name});"
        f"INSERT INTO jz.people VALUES ('甲', '1', '{this}'), ('乙', '2', '{other}'), ('丙', '3', NULL)",
    )
    intake = taken({"columns": {"xm": "name", "sfzh": "id_number"}, "batch_column": "pc"})
    assert cells(intake, "name") == [("甲",)]
    assert only(intake)["unmapped_headers"] == []


def test_a_table_of_persons_and_one_of_households_are_joined(
    postgres: Postgres, database: str
) -> None:
    make(
        postgres,
        database,
        "CREATE TABLE jz.people (xm text, sfzh text, hz text); CREATE TABLE jz.families (hz text, sr numeric(10,2));"
        f"INSERT INTO jz.people VALUES ('甲', '{person_id(1)}', '{person_id(1)}'), ('乙', '{person_id(2)}', '{person_id(1)}');"
        f"INSERT INTO jz.families VALUES ('{person_id(1)}', 2500.00)",
    )
    intake = taken(
        {"columns": {"xm": "name", "sfzh": "id_number", "hz": "head_id"}},
        {"table": "families", "columns": {"hz": "head_id", "sr": "income_per_capita"}},
    )
    assert cells(intake, "name", "income_per_capita") == [("乙", "2500"), ("甲", "2500")]
    assert intake.receipts["kind"].to_list() == ["household", "person"]


HOSTILE = [
    'Rob"; DROP TABLE jz.victim; --', "it's", "点.表", "a b", "$1", "back\\slash", "%s {0}", "SELECT",
    "/*", "混Case", '""', "c0", "<script>",
]  # fmt: skip


def test_identifiers_are_only_ever_identifiers(postgres: Postgres, database: str) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    make(postgres, database, "CREATE TABLE jz.victim ()")
    table: dict[str, Any] = {}
    for name in HOSTILE:
        relation = f"{quoted(name)}.{quoted(name)}"
        postgres.run(
            f"CREATE SCHEMA {quoted(name)}; CREATE TABLE {relation} (xm text, {quoted(name)} text, {quoted(name + '批')} text);"
            f"INSERT INTO {relation} VALUES ('甲', '1', '{BATCH}'), ('乙', '2', '2018-08-30');"
            f"GRANT USAGE ON SCHEMA {quoted(name)} TO {READER}; GRANT SELECT ON {relation} TO {READER}",
            database,
        )
        columns = {"xm": "name", name: "id_number"}
        table = {"schema": name, "table": name, "columns": columns, "batch_column": name + "批"}
        assert cells(taken(table), "name", "id_number") == [("甲", "1")], name
    table["columns"] = {"xm": "name", 'x"; DROP TABLE jz.victim; --': "id_number"}
    assert "没有列" in refused(taken(table))
    assert postgres.run("SELECT count(*) FROM pg_class WHERE relname = 'victim'", database) == "1\n"


def test_the_order_of_the_rows_in_the_table_is_nothing(postgres: Postgres, database: str) -> None:
    """Two physical orders, the same bytes: records, receipts and their hash."""
    rows = [("甲" * (i % 3), person_id(i % 90), "Ab"[i % 2], i % 7 or None) for i in range(300)]
    found = []
    for seed in (1, 2):
        random.Random(seed).shuffle(rows)
        make(postgres, database, "CREATE TABLE jz.people (xm text, sfzh text, bz text, nl numeric)")
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        postgres.run("COPY jz.people FROM STDIN (FORMAT csv)", database, out.getvalue())
        columns = {"xm": "name", "sfzh": "id_number", "bz": "remark", "nl": "age"}
        intake = taken({"columns": columns})
        found.append((intake.records.write_json(), intake.receipts.write_json()))
    assert found[0] == found[1]


def test_the_hash_is_that_of_the_same_rows_copied_out(postgres: Postgres, database: str) -> None:
    make(
        postgres,
        database,
        """CREATE TABLE jz.people (xm text, sfzh text, bz text);
        INSERT INTO jz.people VALUES ('乙', '2', 'a,b'), ('甲', NULL, ''), ('丙 ', ' "3"', E'x\\ny')""",
    )
    columns = {"xm": "name", "sfzh": "id_number", "bz": "remark"}
    receipt = only(taken({"columns": columns}))
    copied = postgres.run(
        'COPY (SELECT * FROM jz.people ORDER BY xm COLLATE "C") TO STDOUT (FORMAT csv, HEADER)',
        database,
    )
    assert receipt["sha256"] == hashlib.sha256(copied.encode()).hexdigest()
    assert receipt["bytes"] == len(copied.encode())


def test_two_hundred_thousand_rows_come_whole(postgres: Postgres, database: str) -> None:
    dice = random.Random(5)
    given = [
        (
            f"{dice.choice('田罗杨石')}{chr(0x4E00 + dice.randrange(20000))}",
            str(520_000_000_000_000_000 + dice.randrange(10**16)),
            dice.choice(["", "一般", "长期"]),
            f"{dice.randrange(10**6) / 100:.2f}",
        )
        for _ in range(200_000)
    ]
    make(
        postgres,
        database,
        "CREATE TABLE jz.people (xm text, sfzh numeric(18), lb text, sr numeric(10,2))",
    )
    out = io.StringIO(newline="")
    csv.writer(out).writerows(given)
    postgres.run("COPY jz.people FROM STDIN (FORMAT csv)", database, out.getvalue())
    columns = {"xm": "name", "sfzh": "id_number", "lb": "class_tier", "sr": "annual_income"}
    intake = taken({"columns": columns})
    receipt = only(intake)
    assert (receipt["rows_read"], receipt["rows_accepted"]) == (200_000, 200_000)
    received = intake.records.select("name", "id_number", "class_tier", "annual_income").rows()
    expected = [(xm, number, lb, f"{float(sr):.10g}") for xm, number, lb, sr in given]
    assert sorted(received) == sorted(expected)
    assert sorted(intake.records["source_row"]) == list(range(2, 200_002))


def test_an_old_encoding_of_the_server_is_nothing_to_the_names(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = postgres.new_database("ENCODING 'EUC_CN' LC_COLLATE 'C' LC_CTYPE 'C'")
    postgres.run("CREATE TABLE people AS SELECT '罗二'::text AS xm, '1'::text AS sfzh", old)
    monkeypatch.setenv(VARIABLE, postgres.uri(old))
    columns = {"xm": "name", "sfzh": "id_number"}
    assert cells(taken({"schema": "public", "columns": columns}), "name") == [("罗二",)]
