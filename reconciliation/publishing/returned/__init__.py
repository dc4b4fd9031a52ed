"""Workbooks that come back: read, checked row by row, and kept."""
