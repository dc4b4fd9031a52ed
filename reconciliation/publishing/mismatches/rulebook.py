"""What the report says of each rule: its wording, what it rests on, what is to be checked."""

from reconciliation.policy.rules import Policy


def rule_texts(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Rule → its wording; rule and register, a blank between → wording, legal basis, what is to be checked."""
    texts: dict[str, tuple[str, ...]] = {rule.rule: (rule.wording,) for rule in policy.rules}
    for rule in policy.rules:
        for register, outcome in rule.outcomes.items():
            texts[f"{rule.rule} {register}"] = (
                rule.wording,
                rule.legal_basis,
                outcome.to_check or "",
            )
    return texts
