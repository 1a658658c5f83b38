"""`python -m bot.cli` does the same as `tiepdan`."""

from bot.cli import main

main(prog_name="tiepdan")
