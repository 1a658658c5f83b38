"""The running service: channels, dispatch, delivery, timers, web server, command line, wiring."""
