"""What does not agree, for auditors: one page a county that works offline, and pages of totals above it (audit profile)."""
