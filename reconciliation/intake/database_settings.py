"""Which registers lie in a database instead of a folder: `config/databases.yaml`.

What belongs here: the shape of that file, and what its columns mean. What does not: any connection; no address, no user and no
password may stand in config, only the name of the environment variable that holds them.
"""

from collections.abc import Mapping
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, PositiveInt, StringConstraints, model_validator

from reconciliation.registers.base import FrozenModel
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.headers import FileKind, HeaderAliases
from reconciliation.registers.schema import PLACE, REGISTERS, Register

_LONGEST_IDENTIFIER = 63


def _identifier(text: str) -> str:
    """A name PostgreSQL takes as it is: it would cut a longer one and so find another table."""
    if not text or len(text.encode()) > _LONGEST_IDENTIFIER:
        raise ValueError(f"an identifier has 1 to {_LONGEST_IDENTIFIER} bytes")
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        raise ValueError("an identifier has no control characters")
    return text


def _register(name: str) -> str:
    if name not in REGISTERS:
        raise ValueError(f"no register; known are {', '.join(REGISTERS)}")
    return name


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("no time zone of the tz database")
    return name


Identifier = Annotated[str, AfterValidator(_identifier)]
Heading = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
RegisterName = Annotated[str, AfterValidator(_register)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]


class Table(FrozenModel):
    """A table or view, and what of it is read.

    Attributes:
        schema_name: `schema` in the file.
        table: table, view, materialised view, partitioned or foreign table.
        columns: column of the database to what it means: a canonical field (`id_number`) or a header as people write it
            (`身份证号`). Nothing else of the table is asked for.
        batch_column: the column that says to which batch a row belongs (a date, or the date as text or digits); only rows of
            the batch at hand are read. None: the whole table is the batch.
        max_rows: a table with more is refused.
    """

    schema_name: Identifier = Field("public", alias="schema")
    table: Identifier
    columns: dict[Identifier, Heading] = Field(min_length=1)
    batch_column: Identifier | None = None
    max_rows: PositiveInt = 20_000_000

    @property
    def name(self) -> str:
        """Schema and table as people write them."""
        return f"{self.schema_name}.{self.table}"

    def headings(self, register: Register, aliases: HeaderAliases) -> list[str]:
        """The header of each column, a canonical field by its best spelling."""
        return [
            aliases.spoken(meaning) if meaning in register.columns else meaning
            for meaning in self.columns.values()
        ]

    def understood(
        self, register: Register, aliases: HeaderAliases
    ) -> tuple[FileKind, Mapping[int, str]]:
        """Whether it is a table of persons or of households, and the field of each column by its position."""
        headings = [(heading,) for heading in self.headings(register, aliases)]
        kind = aliases.kind(headings, register)
        return kind, aliases.match(headings, register, kind).fields


class DatabaseSource(FrozenModel):
    """Where one register lies.

    Attributes:
        uri_variable: the environment variable with the address (`postgresql://user:password@host/database`).
        tables: read together, as one moment of the database (a table of persons, one of households).
        connect_timeout_seconds: how long the server may take to answer.
        statement_timeout_seconds: how long one table may take.
        time_zone: in which the day of a time with time zone is read.
    """

    uri_variable: VariableName
    tables: tuple[Table, ...] = Field(min_length=1)
    connect_timeout_seconds: PositiveInt = 10
    statement_timeout_seconds: PositiveInt = 1800
    time_zone: TimeZone = "Asia/Shanghai"

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [table.name for table in self.tables]
        if len(set(names)) < len(names):
            raise ValueError("a table is named twice")
        return self


class Databases(FrozenModel):
    """`config/databases.yaml`: the registers that are not folders of files."""

    registers: dict[RegisterName, DatabaseSource] = Field(default_factory=dict)

    def checked(self, aliases: HeaderAliases) -> Self:
        """The same, once it is sure that every table has what a file of its register must have.

        Args:
            aliases: spellings, by which the columns will be understood.

        Raises:
            ConfigurationError: a column means a field that will not be found, or one that its register needs is missing.
        """
        for name, source in self.registers.items():
            for table in source.tables:
                _check(table, REGISTERS[name], aliases)
        return self


def _check(table: Table, register: Register, aliases: HeaderAliases) -> None:
    where = f"databases.yaml: registers.{register.name}: {table.name}"
    kind, fields = table.understood(register, aliases)
    for position, (column, meaning) in enumerate(table.columns.items()):
        field = meaning in register.columns
        if field and fields.get(position) != meaning:
            raise ConfigurationError(
                f"{where}: {column} cannot be {meaning}: another column is, or a {kind} table has no such field"
            )
        if not field and meaning.isascii() and not aliases.is_known(meaning):
            raise ConfigurationError(
                f"{where}: {column}: {meaning} is neither a field of {register.name} nor a known header"
            )
    groups = register.mandatory if kind == "person" else (("head_id",),)
    found = set(fields.values())
    if any(aliases.is_area(heading) for heading in table.headings(register, aliases)):
        found |= set(PLACE)  # of which level such a column is, its values will tell
    missing = [" or ".join(group) for group in groups if not found & set(group)]
    if missing:
        raise ConfigurationError(f"{where}: no column is {' and none is '.join(missing)}")
