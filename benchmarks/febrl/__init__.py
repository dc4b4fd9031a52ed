"""The same machinery on Latin names."""
