"""What identifies a person (resident ID, name, place, household), made comparable without touching the raw text."""
