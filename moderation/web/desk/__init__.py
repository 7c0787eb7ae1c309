"""The pages that moderators work on."""
