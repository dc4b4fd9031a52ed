"""The decision table: invented people, and the list and rule each must land on."""
