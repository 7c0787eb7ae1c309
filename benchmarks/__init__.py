"""Measurements of the whole service, each beside a peer or the naive way in the same run."""
