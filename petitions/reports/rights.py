"""Who may see, type in, submit and send which report. A report holds counts only; the cases behind a count are shown
by the rules of cases (`petitions.workflow.may_see`)."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

from petitions.kinds import Role
from petitions.transition_groups import FOCAL, LEADING, OVERSIGHT


@unique
class Deed(StrEnum):
    """What is done with a report."""

    SEE = "see"
    ENTER = "enter"
    """Type in what only the office knows, and write notes and parts of the narrative."""
    SUBMIT = "submit"
    """Freeze a unit's report and give it to the focal unit."""
    FINISH = "finish"
    """Freeze the consolidated report."""
    SEND = "send"
    """Note that the consolidated report went to the superior."""


_OF_UNIT: Final = frozenset({Deed.SEE, Deed.ENTER, Deed.SUBMIT})
_UNIT_HEADS: Final = frozenset({Role.HEAD, Role.INTAKE})


def may(deed: Deed, role: Role | None, *, own_unit: bool, in_focal: bool, whole: bool) -> bool:
    """Whether an officer may do this with a report.

    Args:
        own_unit: the report is that of the officer's own unit (after following successors).
        in_focal: the officer belongs to the focal unit, which brings all reports together.
        whole: the report is the consolidated one, which is nobody's own.
    """
    if role is None or (whole and deed is Deed.SUBMIT) or (not whole and deed not in _OF_UNIT):
        return False
    if role is Role.DIRECTOR or (in_focal and role in FOCAL):
        return True
    if deed is Deed.SEE:
        return role is Role.INSPECTOR or (own_unit and not whole and role in LEADING)
    return own_unit and not whole and role in _UNIT_HEADS


def may_read_books(role: Role | None, *, own_unit: bool, whole: bool) -> bool:
    """Whether an officer may have the register, the reception book and the national export of a report: they name
    people of every open case in it, so it takes the right to each of these (`petitions.workflow.may_see`)."""
    if role in OVERSIGHT:
        return True
    return own_unit and not whole and role in LEADING
