"""Sites: keys, addresses, settings and word lists."""
