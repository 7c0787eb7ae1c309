"""The service: comments, decisions, and the pages people see."""
