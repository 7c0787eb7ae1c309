"""Mail to authors who asked for it."""
