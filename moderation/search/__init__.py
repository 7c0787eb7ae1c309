"""Finding comments: a box with a grammar, and the index that answers it."""
