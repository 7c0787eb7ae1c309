"""The database, Redis and the job queue."""
