"""The people who comment: profiles, flags, bans and notes."""
