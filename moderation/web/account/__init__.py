"""Login, second factor, invitations and the account page."""
