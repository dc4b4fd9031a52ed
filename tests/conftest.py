"""What tests of several packages share: the one PostgreSQL server of a test run, started when a test first asks for it."""

from tests.postgres import postgres

__all__ = ["postgres"]
