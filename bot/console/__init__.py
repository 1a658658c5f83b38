"""The officers' console: the board, the cases and the office's settings in a browser, at `/console`."""
