"""How it is done: pure functions on frames.

One package a stage, in the order of the data: registers, intake, identity, linkage, policy, ledger, publishing. A package
imports only from those before it. Dagster and Great Expectations are not known here. The frames that pass between
the stages are described in `docs/frames.md`.
"""
