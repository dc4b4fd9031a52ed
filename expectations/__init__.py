"""What must hold: the numbered rules, the Great Expectations suites, verdicts, Data Docs."""
