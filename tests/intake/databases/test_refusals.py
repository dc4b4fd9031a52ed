"""A table that cannot be read is refused with a reason; nothing is changed, and nothing given away."""

import socket
from typing import Any

import pytest

from tests.intake.databases.tables import READER, VARIABLE, WORD, cells, make, only, refused, taken
from tests.postgres import Postgres


def test_bytes_that_are_no_text_are_refused_and_never_garbled(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = postgres.new_database("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    postgres.run("CREATE TABLE people (xm text, sfzh text)", bare)
    gbk = "罗二,1\n".encode("gb18030")
    postgres.run(
        "SET client_encoding = 'SQL_ASCII'; COPY people FROM STDIN (FORMAT csv)", bare, gbk
    )
    monkeypatch.setenv(VARIABLE, postgres.uri(bare))
    columns = {"xm": "name", "sfzh": "id_number"}
    assert "字符编码" in refused(taken({"schema": "public", "columns": columns}))


def test_more_rows_than_allowed_are_refused_not_cut(postgres: Postgres, database: str) -> None:
    make(
        postgres,
        database,
        "CREATE TABLE jz.people AS SELECT '甲' AS xm, n::text AS sfzh FROM generate_series(1, 5) AS n",
    )
    columns = {"xm": "name", "sfzh": "id_number"}
    assert "超过上限4行" in refused(taken({"columns": columns, "max_rows": 4}))
    assert only(taken({"columns": columns, "max_rows": 5}))["rows_read"] == 5


def test_a_cell_beyond_the_limit_of_files_is_refused(postgres: Postgres, database: str) -> None:
    make(
        postgres,
        database,
        "CREATE TABLE jz.people AS SELECT '甲' AS xm, repeat('长', 40000) AS sfzh",
    )
    assert "列“sfzh”" in refused(taken({"columns": {"xm": "name", "sfzh": "id_number"}}))


WRITES = """
CREATE TABLE jz.written (n int);
CREATE FUNCTION jz.write() RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
  BEGIN {before} INSERT INTO jz.written VALUES (1); RETURN '1'; END $$;
CREATE VIEW jz.people AS SELECT '甲'::text AS xm, jz.write() AS sfzh;
"""


@pytest.mark.parametrize(
    "before", ["", "PERFORM set_config('transaction_read_only', 'off', false);"]
)
def test_nothing_can_be_written_by_reading(postgres: Postgres, database: str, before: str) -> None:
    make(postgres, database, WRITES.format(before=before))
    said = refused(taken({"columns": {"xm": "name", "sfzh": "id_number"}}))
    assert "修改数据" in said
    assert postgres.run("SELECT count(*) FROM jz.written", database) == "0\n"
    postgres.run("SELECT sfzh FROM jz.people", database)
    assert postgres.run("SELECT count(*) FROM jz.written", database) == "1\n"


def test_what_a_view_says_aloud_is_not_printed(
    postgres: Postgres, database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    make(
        postgres,
        database,
        "CREATE FUNCTION jz.told(text) RETURNS text LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE WARNING '%', $1; RETURN $1; END $$;"
        "CREATE TABLE jz.base (xm text); INSERT INTO jz.base VALUES ('测试乙');"
        f"CREATE VIEW jz.people AS SELECT jz.told(xm) AS xm, '1'::text AS sfzh FROM jz.base;"
        f"GRANT USAGE ON SCHEMA jz TO {READER}",
    )
    assert cells(taken({"columns": {"xm": "name", "sfzh": "id_number"}}), "name") == [("测试乙",)]
    assert "测试乙" not in "".join(capfd.readouterr())


VIEW = "CREATE VIEW jz.people AS SELECT '测试乙'::text AS xm, {}::text AS sfzh"
TROUBLE = {
    "timeout": ("1秒内未能读完", VIEW.format("pg_sleep(9)")),
    "dropped": ("连接中断", VIEW.format("pg_terminate_backend(pg_backend_pid())")),
    "no_table": ("没有这个表或视图", "SELECT 1"),
    "no_column": ("没有列“sfzh”", "CREATE TABLE jz.people (xm text, SFZ text)"),
    "failed": ("SQLSTATE", VIEW.format("error('测试乙')").replace("error(", "xmlparse(document ")),
    "cell": ("SQLSTATE 22P02", VIEW.format("('测试乙'::text)::int")),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_goes_wrong_is_said_without_the_address_or_a_person(
    postgres: Postgres, database: str, trouble: str, capfd: pytest.CaptureFixture[str]
) -> None:
    expected, sql = TROUBLE[trouble]
    make(postgres, database, sql)
    columns = {"xm": "name", "sfzh": "id_number"}
    said = refused(taken({"columns": columns}, statement_timeout_seconds=1))
    assert expected in said
    assert said.endswith("。")
    assert_silent(said + "".join(capfd.readouterr()), postgres)


def assert_silent(text: str, postgres: Postgres) -> None:
    """Nothing of the address, and nobody, stands in a text."""
    for secret in (WORD, READER, "127.0.0.1", str(postgres.port), "测试乙", "postgresql://reg"):
        assert secret not in text


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("password", "拒绝登录"),
        ("user", "拒绝登录"),
        ("no_password", "拒绝登录"),
        ("port", "没有应答"),
        ("host", "没有应答"),
        ("silent", "没有应答"),
        ("database", "没有变量"),
        ("number", "格式不对"),
        ("words", "格式不对"),
        ("parameter", "格式不对"),
        ("encryption", "加密连接"),
        ("misleading", "没有应答"),
        ("unset", "没有设置变量"),
        ("empty", "没有设置变量"),
    ],
)
def test_who_cannot_connect_is_told_why_and_nothing_else(  # noqa: PLR0917 - fixtures
    postgres: Postgres,
    database: str,
    wrong: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    right = postgres.uri(database, READER, WORD)
    address = {
        "password": postgres.uri(database, READER, WORD + "!"),
        "user": postgres.uri(database, "stranger", WORD),
        "no_password": f"host=127.0.0.1 port={postgres.port} user={READER} dbname={database}",
        "port": right.replace(str(postgres.port), "1"),
        "host": right.replace("127.0.0.1", "no-such-host.invalid"),
        "silent": right.replace(str(postgres.port), str(silent_port())),
        "database": postgres.uri("no_such_database", READER, WORD),
        "number": right.replace(str(postgres.port), "port"),
        "words": f"{WORD} {READER}",
        "parameter": f"{right}?{READER}={WORD}",
        "encryption": f"{right}?sslmode=require",
        "misleading": right.replace("127.0.0.1", "too-many-passwords.invalid"),
        "unset": None,
        "empty": " ",
    }[wrong]
    if address is None:
        monkeypatch.delenv(VARIABLE)
    else:
        monkeypatch.setenv(VARIABLE, address)
    said = refused(taken(connect_timeout_seconds=2))
    assert expected in said
    assert VARIABLE in said
    assert_silent(said + "".join(capfd.readouterr()), postgres)


_OPEN: list[Any] = []


def silent_port() -> int:
    """A port that takes connections and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    _OPEN.append(listener)
    return int(listener.getsockname()[1])


def test_an_address_in_words_and_values_is_taken_too(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(postgres, database, "CREATE TABLE jz.people AS SELECT '甲' AS xm, '1' AS sfzh")
    monkeypatch.setenv(
        VARIABLE,
        f"host=127.0.0.1 port={postgres.port} user={READER} password='{WORD}' dbname={database}",
    )
    assert only(taken({"columns": {"xm": "name", "sfzh": "id_number"}}))["rows_read"] == 1


def test_a_table_that_cannot_be_read_does_not_take_the_others_with_it(
    postgres: Postgres, database: str
) -> None:
    make(
        postgres,
        database,
        "CREATE TABLE jz.people AS SELECT '甲' AS xm, '1' AS sfzh;"
        "CREATE VIEW jz.broken AS SELECT '乙' AS xm, (1/(random()::int*0))::text AS sfzh",
    )
    columns = {"xm": "name", "sfzh": "id_number"}
    intake = taken({"table": "broken", "columns": columns}, {"columns": columns})
    status = dict(intake.receipts.select("source_file", "status").iter_rows())
    assert status == {"数据库 jz.broken": "refused", "数据库 jz.people": "accepted"}
