"""`moderation up`: every process of the service, started, watched and stopped."""
