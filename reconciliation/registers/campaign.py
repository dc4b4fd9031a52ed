"""The campaign: its dispatch dates and the time zone they are kept in."""

from datetime import date

from pydantic import field_validator

from reconciliation.registers.base import FrozenModel


class Campaign(FrozenModel):
    """`config/campaign.yaml`.

    The ten dates come from the notice 黔民发〔2018〕19号, task (六): half-monthly dispatch in 2018.
    """

    title: str
    province: str
    time_zone: str
    batches: tuple[date, ...]
    dispatch_hour: int

    @field_validator("batches")
    @classmethod
    def _rising(cls, batches: tuple[date, ...]) -> tuple[date, ...]:
        if list(batches) != sorted(set(batches)) or not batches:
            raise ValueError("dates must rise and not repeat")
        return batches

    @property
    def batch_keys(self) -> list[str]:
        """The batches as `YYYY-MM-DD`, in order."""
        return [batch.isoformat() for batch in self.batches]
