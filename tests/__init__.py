"""Proofs of what the service does, against real stores and real processes."""
