"""Messages to the servers of publishers."""
