"""Labelled data: sources, label mapping, generated comments."""
