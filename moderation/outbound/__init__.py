"""Connections to servers of others: checked addresses, one deadline for each exchange."""
