"""From a submission to hashed features."""
