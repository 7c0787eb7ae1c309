"""An owner's pages: settings, members, keys, webhooks and lists."""
