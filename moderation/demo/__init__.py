"""A small news site on an origin of its own, to see the service at work."""
