"""The service as an attacker meets it: hostile requests, comments, neighbours and disks."""
