"""The linkage beside Splink, and beside a bare join of numbers."""
