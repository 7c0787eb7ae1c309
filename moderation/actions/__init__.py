"""What moderators do: decide, undo, in bulk, about clusters and about authors."""
