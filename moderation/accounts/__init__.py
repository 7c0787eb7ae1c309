"""Moderators: their logins, sessions, roles and preferences."""
