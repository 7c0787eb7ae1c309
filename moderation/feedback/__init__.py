"""Readers' reports and authors' appeals."""
