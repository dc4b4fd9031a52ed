"""The public entry: write the sample registers of both batches and the truth beside them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from sample_registers.generator.county_model import (
    Province,
    county_of,
    make_model,
    make_province,
)
from sample_registers.generator.dibao_rows import dibao_frame
from sample_registers.generator.evidence_rows import deaths_frame, tekun_frame
from sample_registers.generator.listing import make_evidence, make_listing
from sample_registers.generator.office_files import Office, write_evidence
from sample_registers.generator.parquet_files import GrowingParquet, truth
from sample_registers.generator.poverty_rows import poverty_frame
from sample_registers.generator.rates import RATES_FILE, Rates
from sample_registers.generator.register_rows import resolve
from sample_registers.generator.situations import BATCHES, DIBAO, POVERTY

OFFICE_REGISTERS = ("dibao", "poverty")
REGISTERS = (*OFFICE_REGISTERS, "tekun", "deaths")


def write_sample(  # noqa: PLR0913 - the command's options, all by keyword
    output: Path,
    *,
    people: int,
    seed: int,
    profile: str,
    file_format: str,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write `<output>/<batch>/<register>/…` and `<output>/truth/<batch>/<register>.parquet` for both batches.

    Args:
        output: folder to write into; made where missing.
        people: rows of the dibao and the poverty register together in the first batch, roughly.
        seed: equal seeds give equal bytes.
        profile: a profile of `rates.yaml`, `sample` or `hard`.
        file_format: `files` (workbooks and text files as offices have them) or `parquet` (one file a register).
        progress: told of each county done, a sentence without personal data.

    Raises:
        ValueError: unknown profile or format, or fewer than 600 people.
    """
    rates = Rates.load(RATES_FILE)
    if profile not in rates.profiles:
        raise ValueError(f"profile must be one of {', '.join(rates.profiles)}")
    if file_format not in ("files", "parquet"):
        raise ValueError("format must be files or parquet")
    if people < 600:
        raise ValueError("a province needs 600 people or more")
    province = make_province(seed, profile, rates, people)
    write = _write_parquet if file_format == "parquet" else _write_files
    write(output, province, progress or (lambda _: None))


def _write_parquet(output: Path, province: Province, progress: Callable[[str], None]) -> None:
    """One file a register and batch, county after county."""
    with ExitStack() as stack:
        written: dict[tuple[str, str], int] = {}
        files: dict[tuple[str, str], tuple[GrowingParquet, GrowingParquet]] = {}
        for batch in BATCHES:
            for register in REGISTERS:
                path = output / batch / register / f"{register}.parquet"
                beside = output / "truth" / batch / f"{register}.parquet"
                files[batch, register] = (
                    stack.enter_context(GrowingParquet(path)),
                    stack.enter_context(GrowingParquet(beside)),
                )
                written[batch, register] = 0
        for number in range(len(province.rows)):
            for batch, register, frame in county_frames(province, number):
                data, beside_data = files[batch, register]
                start = written[batch, register] + 2
                data.add(frame.select(pl.exclude("^_.*$")))
                beside_data.add(
                    truth(
                        frame,
                        pl.lit(f"{register}.parquet"),
                        pl.lit(None, dtype=pl.String),
                        pl.int_range(start, start + len(frame)),
                    )
                )
                written[batch, register] += len(frame)
            progress(f"county {number + 1} of {len(province.rows)}")


def _write_files(output: Path, province: Province, progress: Callable[[str], None]) -> None:
    """A file or more a county, register and batch; the dead and 特困 in one file each."""
    truths: dict[tuple[str, str], list[pl.DataFrame]] = defaultdict(list)
    evidence: dict[tuple[str, str], list[pl.DataFrame]] = defaultdict(list)
    carried: dict[tuple[str, str], pl.DataFrame] = {}
    for number in range(len(province.rows)):
        for batch, register, frame in county_frames(province, number):
            if register not in OFFICE_REGISTERS:
                evidence[batch, register].append(frame)
                continue
            here = pl.col("_county") == number
            own = frame.filter(here)
            if (batch, register) in carried:
                own = pl.concat([own, carried[batch, register]])
            carried[batch, register] = frame.filter(~here)
            office = Office(output / batch / register, register, number, batch)
            truths[batch, register].append(office.write(own))
        progress(f"county {number + 1} of {len(province.rows)}")
    for (batch, register), frames in evidence.items():
        truths[batch, register].append(
            write_evidence(output / batch / register, register, pl.concat(frames), batch)
        )
    for (batch, register), parts in truths.items():
        beside = output / "truth" / batch / f"{register}.parquet"
        beside.parent.mkdir(parents=True, exist_ok=True)
        pl.concat(parts).write_parquet(beside)


def county_frames(province: Province, number: int) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Batch, register and rows (with truth columns) of one county."""
    model = make_model(province, number)
    last = number + 1 == len(province.rows)
    neighbour = None if last else county_of(province, number + 1)
    evidence = make_evidence(province, model)
    for register, bit, frame_of in (
        ("dibao", DIBAO, dibao_frame),
        ("poverty", POVERTY, poverty_frame),
    ):
        listing = make_listing(province, model, bit)
        for place, batch in enumerate(BATCHES):
            yield batch, register, frame_of(resolve(listing, place, neighbour))
    for place, batch in enumerate(BATCHES):
        rows = resolve(evidence, place, None)
        yield batch, "tekun", tekun_frame(rows)
        yield batch, "deaths", deaths_frame(rows)
