"""What a register is: canonical fields, code tables with their years, header aliases, labels, campaign dates."""
