"""What follows from the links: cases and rules, findings, one disposition a person, the lists."""
