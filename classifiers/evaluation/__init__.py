"""Measure the models, and write the model card."""
