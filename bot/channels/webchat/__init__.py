"""The web chat: a channel of our own, with no company in between and no account needed."""
