"""What files of judgements say, printed: a line a file."""

from collections.abc import Sequence

from rich.console import Console

from reconciliation.publishing.returned.reviews import Review
from reconciliation.registers.labels import Labels


def show_reviews(console: Console, made: Sequence[Review], labels: Labels, *, done: bool) -> None:
    """Print what was taken of each file, or why nothing was.

    Args:
        console: where it is printed.
        made: the plan.
        labels: texts under `mismatches.reviews`.
        done: whether it was applied.
    """
    for review in made:
        if review.refusal is not None:
            line = f"{review.name}：{labels(f'mismatches.reviews.{review.refusal}')}"
        else:
            line = labels(
                f"mismatches.reviews.{'done' if done else 'would'}",
                file=review.name,
                taken=review.taken.height,
                unchanged=review.unchanged,
                unsure=review.unsure,
                unknown=review.unknown,
                disputed=review.disputed,
            )
        console.print(line, markup=False, highlight=False, soft_wrap=True)
