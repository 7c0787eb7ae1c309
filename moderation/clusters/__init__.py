"""Comments that say nearly the same."""
