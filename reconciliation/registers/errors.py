"""The errors a user can cause, told apart by who must act.

What belongs here: exception types whose message is safe to show (no personal data, ever). What does not: errors of
our own making; those stay ordinary exceptions and are reported as a defect.
"""


class UsageError(Exception):
    """The command cannot be carried out as given: wrong batch, missing register, release already there."""


class ConfigurationError(UsageError):
    """A config file is missing, malformed or contradicts itself; the message names file and key."""
