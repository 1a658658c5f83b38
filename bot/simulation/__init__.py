"""A year of an office, played: citizens and officers of chance, the real handlers and timers, a clock that jumps."""
