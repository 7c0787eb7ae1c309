"""The scikit-learn pipeline, and its file."""
