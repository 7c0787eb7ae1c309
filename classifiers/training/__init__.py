"""Fit the models."""
