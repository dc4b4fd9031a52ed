"""Findings across batches, with a case key that survives corrected rows."""
