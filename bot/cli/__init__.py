"""The command line `tiepdan`. Help must be quick, so heavy modules are imported inside the commands."""

from __future__ import annotations

import click

from bot.cli import duplicates as _duplicates  # noqa: F401 - joins the group `triage`
from bot.cli import triage as _triage  # noqa: F401 - joins the group `triage`
from bot.cli import triage_train as _triage_train  # noqa: F401 - joins the group `triage`
from bot.cli.chain import verify
from bot.cli.inbox import inbox
from bot.cli.law import law
from bot.cli.officers import officer
from bot.cli.papers import papers
from bot.cli.recount import recount
from bot.cli.report import report
from bot.cli.service import doctor, migrate, run
from bot.cli.simulate import simulate
from bot.cli.triage_group import triage
from bot.cli.zalo import zalo


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tiepdan", prog_name="tiepdan")
def main() -> None:
    """Tiếp Dân takes in citizens' petitions by chat.

    Settings come from the environment and from .env (see docs/settings.md). Exit codes: 0 done, 1 a problem,
    2 wrong use of the command.
    """


for _command in (
    run,
    doctor,
    migrate,
    officer,
    inbox,
    law,
    papers,
    recount,
    report,
    verify,
    simulate,
    triage,
    zalo,
):
    main.add_command(_command)
