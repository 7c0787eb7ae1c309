"""Apply verdicts and choices: the one place that writes a status."""
