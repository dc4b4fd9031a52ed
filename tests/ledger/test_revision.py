"""A revision says what it changes: one row a finding that is another than before."""

from reconciliation.ledger.revision import change_counts, changes
from tests.ledger.test_states import BATCHES, EXIT, finding, step


def test_a_revision_names_what_is_new_gone_moved_and_nothing_else() -> None:
    kept, moved, gone, new = finding("a"), finding("b"), finding("c"), finding("d")
    replaced = step(BATCHES[0], [kept, moved, gone], None)
    revised = step(BATCHES[0], [kept, moved | {"disposition": EXIT}, new], None)
    made = changes(replaced, revised, "甲县重报")
    assert made.select("case_key", "change", "disposition_before", "disposition").rows() == [
        ("b", "list", "verify", EXIT),
        ("c", "gone", "verify", None),
        ("d", "added", None, "verify"),
    ]
    assert set(made["reason"]) == {"甲县重报"}
    assert change_counts(made) == {"added": 1, "gone": 1, "list": 1}


def test_a_first_release_changes_nothing() -> None:
    assert changes(None, step(BATCHES[0], [finding("a")], None), "").is_empty()
