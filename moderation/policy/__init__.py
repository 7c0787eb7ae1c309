"""The rules of a site: a comment with its scores in, a verdict out."""
