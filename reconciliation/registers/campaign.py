"""The campaign: its dispatch dates and the time zone they are kept in."""

from datetime import date

from pydantic import field_validator

from reconciliation.registers.base import FrozenModel
from reconciliation.registers.schema import OPTIONAL


class Campaign(FrozenModel):
    """`config/campaign.yaml`.

    The ten dates come from the notice 黔民发〔2018〕19号, task (六): half-monthly dispatch in 2018.

    Attributes:
        title: what it is called.
        province: whose registers these are.
        time_zone: of the dispatch hour.
        batches: the dispatch dates.
        dispatch_hour: when a batch is due on its date.
        expected_counties: names or codes of the counties that must send both main registers; None: those that sent to the
            batch before or send to either register now.
        expected_registers: optional registers that must come; one that came last time is missed in any case.
    """

    title: str
    province: str
    time_zone: str
    batches: tuple[date, ...]
    dispatch_hour: int
    expected_counties: tuple[str, ...] | None = None
    expected_registers: tuple[str, ...] = ()

    @field_validator("batches")
    @classmethod
    def _rising(cls, batches: tuple[date, ...]) -> tuple[date, ...]:
        if list(batches) != sorted(set(batches)) or not batches:
            raise ValueError("dates must rise and not repeat")
        return batches

    @field_validator("expected_registers")
    @classmethod
    def _optional(cls, registers: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(registers) - set(OPTIONAL))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: expected any of {', '.join(OPTIONAL)}")
        return registers

    @property
    def batch_keys(self) -> list[str]:
        """The batches as `YYYY-MM-DD`, in order."""
        return [batch.isoformat() for batch in self.batches]
