"""How right and how fast each stage is, measured on invented registers."""
