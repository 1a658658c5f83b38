"""The documents of the reports, read back with other tools than those that wrote them."""
