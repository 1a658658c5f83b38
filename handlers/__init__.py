"""The conversations: what is said to whom. No platform names, no SQL, no texts."""
