"""The model as the service runs it: numbers only, without scikit-learn."""
