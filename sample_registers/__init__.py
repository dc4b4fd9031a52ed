"""A small invented province in the file shapes offices have, and the generator that makes it in any size."""
