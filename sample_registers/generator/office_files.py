"""The registers as county offices send them: one file a county and register, each county in a shape of its own."""

from datetime import datetime
from pathlib import Path

import polars as pl

from sample_registers.generator import wording
from sample_registers.generator.dice import scatter
from sample_registers.generator.parquet_files import truth
from sample_registers.generator.places import county_name
from sample_registers.generator.shapes import (
    DATE_COLUMN,
    GB18030,
    GROUPS,
    HOUSEHOLD_COLUMNS,
    UTF8_BOM,
    XLS,
    YES_NO_COLUMNS,
    Shape,
    shape_of,
    spelling,
)
from sample_registers.generator.text_files import write_csv
from sample_registers.generator.workbooks import Cell, Sheet, write_xls, write_xlsx

_ID_COLUMNS = ("身份证号", "证件号码")
_TITLES = {"dibao": "农村低保人员", "poverty": "建档立卡贫困人口"}
_LEAN = ("序号", "姓名", "身份证", "低保类型", "低保类别", "备注")


class Office:
    """One register of one county and batch, to be written below `folder`."""

    def __init__(self, folder: Path, register: str, county: int, batch: str) -> None:
        """Take the county's shape and name."""
        self._folder, self._register, self._county = folder, register, county
        self._shape = shape_of(register, county)
        self._day = datetime.fromisoformat(batch)
        self._name = county_name(county)

    def write(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Write the files; the truth rows of `frame`, in the order of the files."""
        frame = worded(frame.sort("_town", maintain_order=True), self._shape)
        parts: list[pl.DataFrame] = []
        if self._shape.lean_town:
            first = pl.col("_town") == frame["_town"].min()
            parts.append(self._write_lean(frame.filter(first)))
            frame = frame.filter(~first)
        if self._shape.household_file:
            self._write_households(frame)
        parts.append(self._write_main(frame))
        return pl.concat(parts)

    def _write_main(self, frame: pl.DataFrame) -> pl.DataFrame:
        shape = self._shape
        stem = f"{self._name}{_TITLES[self._register]}"
        columns = [c for c in frame.columns if not c.startswith("_") and c not in shape.without]
        header = [spelling(column, self._county) for column in columns]
        if shape.kind in (GB18030, UTF8_BOM):
            name = f"{stem}.csv"
            write_csv(self._folder / name, shape.kind, header, text_cells(frame, columns).rows())
            return _truth(frame, name, None, 2)
        name = f"{stem}.{shape.kind}"
        towns = frame.partition_by("_town", maintain_order=True) if shape.by_town else [frame]
        sheets = [self._sheet(town, columns, header) for town in towns]
        if shape.kind == XLS:
            write_xls(self._folder / name, sheets[0])
        else:
            extra = [_code_words()] if shape.hidden else []
            write_xlsx(self._folder / name, [*sheets, *extra], self._day)
        return pl.concat(
            _truth(town, name, sheet.name, sheet.first_row)
            for town, sheet in zip(towns, sheets, strict=True)
        )

    def _sheet(self, frame: pl.DataFrame, columns: list[str], header: list[str]) -> Sheet:
        """The table of one township, or of the county."""
        shape = self._shape
        town = "乡(镇)" if self._register == "poverty" else "所属街道"
        date = f"{self._day.year}年{self._day.month}月{self._day.day}日"
        texts = {"county": self._name, "date": date}
        trailing: list[list[Cell]] = [
            ["合计", f"{len(frame)}人"],
            ["填表人：", None, None, "审核人：", None, None, f"填表日期：{date}"],
        ]
        return Sheet(
            name=str(frame[town][0]) if shape.by_town else "Sheet1",
            header=header,
            rows=workbook_cells(frame, columns),
            titles=[title.format(**texts) for title in shape.titles],
            groups=_groups(columns) if shape.groups else (),
            trailing=trailing if shape.trailing else (),
        )

    def _write_lean(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A township's bare list of names and numbers."""
        name = f"{self._name}{frame['所属街道'][0]}低保名单.csv"
        texts = text_cells(frame, ["姓名", "身份证号", "救助类型", "分档类型"])
        rows = [(str(turn), *row, "") for turn, row in enumerate(texts.rows(), start=1)]
        write_csv(self._folder / name, self._shape.kind, _LEAN, rows)
        return _truth(frame, name, None, 2)

    def _write_households(self, frame: pl.DataFrame) -> None:
        """The household file that goes with a person file without household columns."""
        households = household_frame(frame)
        sheet = Sheet(
            name="家庭查询",
            header=[spelling(column, self._county) for column in HOUSEHOLD_COLUMNS],
            rows=households.rows(),
        )
        write_xlsx(self._folder / f"{self._name}农村低保家庭.xlsx", [sheet], self._day)


def write_evidence(folder: Path, register: str, frame: pl.DataFrame, batch: str) -> pl.DataFrame:
    """The province's list of the dead (a workbook) or of 特困 (a text file), one file; its truth rows."""
    columns = [column for column in frame.columns if not column.startswith("_")]
    if register == "tekun":
        name = "特困供养人员.csv"
        write_csv(folder / name, GB18030, columns, text_cells(frame, columns).rows())
        return _truth(frame, name, None, 2)
    name = "死亡及火化人员.xlsx"
    sheet = Sheet(
        "死亡人员", columns, workbook_cells(frame, columns), titles=("死亡及火化人员信息",)
    )
    write_xlsx(folder / name, [sheet], datetime.fromisoformat(batch))
    return _truth(frame, name, sheet.name, sheet.first_row)


def worded(frame: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Yes, no and dates as the county's office writes them."""
    yes_no = dict(zip(("是", "否"), shape.yes_no, strict=True))
    return frame.with_columns(
        *(pl.col(name).replace(yes_no) for name in YES_NO_COLUMNS if name in frame.columns),
        *(
            pl.col(name).str.replace_all("-", shape.date_separator, literal=True)
            for name in (DATE_COLUMN,)
            if name in frame.columns
        ),
    )


def text_cells(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Cells of a text file: of a number typed as one, the 15 digits Excel kept or only six of them."""
    number = pl.col("_true_number")
    rounded = number.str.head(1) + "." + number.str.slice(1, 5) + "E+17"
    shown_rounded = pl.col("_typed") & (pl.col("_person") % 2 == 1)
    return frame.select(
        pl.when(shown_rounded).then(rounded).otherwise(column).alias(column)
        if column in _ID_COLUMNS
        else column
        for column in columns
    )


def workbook_cells(frame: pl.DataFrame, columns: list[str]) -> list[list[Cell]]:
    """Cells of a workbook: of a number typed as one, the number itself, which keeps 15 digits or so."""
    rows: list[list[Cell]] = [list(row) for row in frame.select(columns).rows()]
    places = [place for place, column in enumerate(columns) if column in _ID_COLUMNS]
    typed = frame.select(pl.arg_where(pl.col("_typed"))).to_series()
    for row, number in zip(typed, frame["_true_number"].gather(typed), strict=True):
        for place in places:
            rows[row][place] = float(number)
    return rows


def household_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a household of the dibao register, its members packed into two cells."""
    key = pl.col("低保（特困）证号")
    per_head = pl.col("家庭年均收入（元）").cast(pl.Float64, strict=False)
    total = (per_head * pl.col("家庭人口数").cast(pl.Int64)).round(1).cast(pl.String)
    draw = pl.Series(scatter(frame["_household"].to_numpy(), salt=151))
    reasons = pl.Series(wording.REASONS).gather(draw % len(wording.REASONS))
    homes = pl.Series(("0", "1", "1", "1")).gather(draw // 16 % 4)
    return (
        frame.with_columns(
            total.fill_null("").str.strip_suffix(".0").alias("家庭年总收入（元）"),
            reasons.alias("申请原因"),
            homes.alias("拥有产权住房套数"),
            (draw // 64 % 40 * 100).cast(pl.String).alias("金融资产总额（元）"),
        )
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("姓名").str.join("、").alias("家庭成员姓名"),
            pl.col("身份证号").str.join("、").alias("家庭成员身份证号"),
            *(
                pl.col(name).first()
                for name in HOUSEHOLD_COLUMNS
                if name not in ("家庭成员姓名", "家庭成员身份证号", "低保（特困）证号")
            ),
        )
        .select(HOUSEHOLD_COLUMNS)
    )


def _truth(frame: pl.DataFrame, file: str, sheet: str | None, first_row: int) -> pl.DataFrame:
    rows = pl.int_range(first_row, first_row + len(frame))
    return truth(frame, pl.lit(file), pl.lit(sheet, dtype=pl.String), rows)


def _groups(columns: list[str]) -> list[tuple[int, int, str]]:
    """Runs of two columns or more that one upper header cell stands over."""
    upper = [next((name for name, below in GROUPS.items() if c in below), None) for c in columns]
    groups: list[tuple[int, int, str]] = []
    start = 0
    for place in range(1, len(upper) + 1):
        if place == len(upper) or upper[place] != upper[start]:
            name = upper[start]
            if name is not None and place - start > 1:
                groups.append((start, place - 1, name))
            start = place
    return groups


def _code_words() -> Sheet:
    """The hidden sheet of code words some exports carry."""
    rows = [
        [kind, tier] for kind, tier in zip(wording.GRADES[1:], wording.DIBAO_HEALTH, strict=False)
    ]
    return Sheet(name="字典", header=["残疾等级", "健康状况"], rows=rows, hidden=True)
