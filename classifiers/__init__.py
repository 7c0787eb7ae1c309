"""The judges: text and plain fields in, probabilities out; no sites, users or HTTP."""
