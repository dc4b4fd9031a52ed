"""Which rows are the same person: candidates, evidence, probability, households, one-to-one, tiers."""
