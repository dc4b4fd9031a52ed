"""How right and how fast the linkage is."""
