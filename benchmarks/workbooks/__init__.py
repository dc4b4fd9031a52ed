"""How fast the clerks' workbooks are written."""
