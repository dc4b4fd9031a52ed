"""The other lists the notice asks of the same registers: relief, transfers, aid, subsidies, candidates, field checks."""
