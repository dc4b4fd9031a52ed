"""The schedule asks for a batch on the ten dates of the notice and on no other day."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets.workspace import Workspace
from pipelines.definitions import build_defs
from pipelines.schedules import cron_lines
from reconciliation.configuration import DEFAULT_FOLDER
from reconciliation.registers.campaign import Campaign

CAMPAIGN = Campaign.load(DEFAULT_FOLDER / "campaign.yaml")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def evaluate(day: datetime, output: Path = Path("nowhere")) -> dg.RunRequest | dg.SkipReason:
    workspace = Workspace(registers="nowhere", output=str(output))
    schedule = build_defs(workspace).resolve_schedule_def("dispatch_dates")
    with dg.build_schedule_context(scheduled_execution_time=day) as context:
        return schedule(context)


def test_the_cron_lines_tick_in_2018_on_exactly_the_ten_dates() -> None:
    ticked = set()
    for line in cron_lines(CAMPAIGN):
        minute, hour, days, month, weekday = line.split()
        assert (minute, hour, weekday) == ("0", str(CAMPAIGN.dispatch_hour), "*")
        ticked |= {date(2018, int(month), int(day)) for day in days.split(",")}
    assert sorted(ticked) == [
        date(2018, *day)
        for day in (
            (8, 15), (8, 30), (9, 14), (9, 28), (10, 15), (10, 31), (11, 15), (11, 30), (12, 14), (12, 28),
        )
    ]  # fmt: skip


@pytest.mark.parametrize("key", CAMPAIGN.batch_keys)
def test_on_a_dispatch_date_the_batch_of_that_date_is_asked_for(key: str) -> None:
    request = evaluate(datetime.fromisoformat(f"{key}T06:00").replace(tzinfo=SHANGHAI))
    assert isinstance(request, dg.RunRequest)
    assert (request.partition_key, request.run_key) == (key, key)


def test_the_same_day_of_another_year_is_no_batch() -> None:
    assert isinstance(evaluate(datetime(2019, 8, 15, 6, tzinfo=SHANGHAI)), dg.SkipReason)


def test_the_time_of_day_is_that_of_china() -> None:
    late_evening_in_utc = datetime(2018, 8, 14, 22, tzinfo=ZoneInfo("UTC"))
    request = evaluate(late_evening_in_utc)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == "2018-08-15"


def test_a_published_batch_is_not_asked_for_again(tmp_path: Path) -> None:
    (tmp_path / "2018-08-15").mkdir()
    day = datetime(2018, 8, 15, 6, tzinfo=SHANGHAI)
    assert isinstance(evaluate(day, tmp_path), dg.SkipReason)
