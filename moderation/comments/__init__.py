"""A comment until it is decided: checked, stored, rendered, leased, edited, and read in its thread."""
