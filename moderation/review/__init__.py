"""The review queue: what waits for a person, and all that a person needs to decide."""
