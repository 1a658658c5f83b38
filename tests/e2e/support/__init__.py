"""What the end-to-end tests stand on: a running service, its people on both channels, and a look into its book."""
