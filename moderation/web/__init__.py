"""The pages and the API; the only Flask code besides ``moderation.app``."""
