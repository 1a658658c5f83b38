"""What the end-to-end tests stand on: a running service, its people, and a look into its book."""
