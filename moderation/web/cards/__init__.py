"""A comment as the desk shows it."""
