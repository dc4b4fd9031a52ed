"""When a batch runs by the calendar: on the campaign's dispatch dates."""

from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from reconciliation.publishing.release import latest_release
from reconciliation.registers.campaign import Campaign


def cron_lines(campaign: Campaign) -> list[str]:
    """One cron line a month with the days of that month, since the dates follow no rule.

    A line holds for every year; the schedule itself skips dates that are no batch.
    """
    return [
        f"0 {campaign.dispatch_hour} {','.join(str(day.day) for day in days)} {month} *"
        for (_, month), days in groupby(campaign.batches, key=lambda day: (day.year, day.month))
    ]


def dispatch_schedule(job: str, campaign: Campaign, output: Path) -> dg.ScheduleDefinition:
    """The schedule that runs the job of that name for a batch on the morning of its dispatch date, unless it is published."""

    @dg.schedule(
        name="dispatch_dates",
        job_name=job,
        cron_schedule=cron_lines(campaign),
        execution_timezone=campaign.time_zone,
        description="半月调度：在通知规定的十个日期运行对账",
    )
    def dispatch_dates(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.astimezone(ZoneInfo(campaign.time_zone)).date()
        key = day.isoformat()
        if key not in campaign.batch_keys:
            return dg.SkipReason(f"{key} 不是调度日期")
        if latest_release(output, key) is not None:
            return dg.SkipReason(f"{key} 已发布")
        return dg.RunRequest(run_key=key, partition_key=key)

    return dispatch_dates
