"""Rows of the workflow table for several petitions on one matter: linked, merged, taken out again.

No article joins petitions (law.md section 3.3: INFERENCE from Luật Tố cáo Đ24 k3 and Thông tư 05/2021 Đ6): the first
is handled, later ones are joined to it. So the lead is always the petition that came first, and a petition that was
accepted (thụ lý) is joined no more, for a decision of its own is owed on it.
"""

from __future__ import annotations

from typing import Final

from petitions.kinds import Action, Kind, Role, Stage
from petitions.transition_groups import (
    ANY_STAGE,
    CITIZEN,
    FOCAL,
    FORMAL,
    INTAKE_STAGES,
    LAWFUL,
    LIGHT,
    OFFICER,
    OPEN,
    OVERSIGHT,
    SERVICE,
    STAFF,
)
from petitions.transition_rows import Transition, also

_MERGED: Final = frozenset({Stage.MERGED})
_KEPT: Final = ANY_STAGE - {Stage.WITHDRAWN}
_BEFORE_ACCEPTANCE: Final = INTAKE_STAGES | {Stage.ELIGIBLE}
_UNIT_LEADS: Final = frozenset({Role.INTAKE, Role.HEAD})
_LINKED: Final = frozenset({"linked"})
_LINKED_REASON: Final = frozenset({"linked", "reason"})
_REASON: Final = frozenset({"reason"})
_DOCUMENT: Final = frozenset({"document"})
_REPRESENTED: Final = OPEN | {Stage.MERGED, Stage.DECIDED, Stage.ENFORCING}

_LINK: Final = Transition(
    action=Action.LINK,
    from_stages=ANY_STAGE,
    to_stage=None,
    actors=OFFICER,
    roles=STAFF,
    needs=_LINKED,
    while_merged=True,
    reason="The unit sees that two petitions have to do with each other; each goes its own way.",
)
_UNLINK: Final = Transition(
    action=Action.UNLINK,
    from_stages=ANY_STAGE,
    to_stage=None,
    actors=OFFICER,
    roles=STAFF,
    needs=_LINKED,
    while_merged=True,
    reason="A link made by mistake is taken away on both sides; both histories keep that it was there.",
)
LINKING: Final = (
    Transition(
        action=Action.LINK,
        from_stages=ANY_STAGE,
        to_stage=None,
        actors=CITIZEN | SERVICE,
        needs=_LINKED,
        while_merged=True,
        reason="A new petition on an old matter names the old one, whatever stage that has reached.",
    ),
    _LINK,
    also(
        _LINK,
        roles=OVERSIGHT,
        unit_scope="any",
        reason="Focal unit and leadership see what the units do not.",
    ),
    _UNLINK,
    also(_UNLINK, roles=OVERSIGHT, unit_scope="any", reason="Whoever may link may take the link away."),
)

_MERGING: Final = (
    Transition(
        action=Action.MERGE,
        from_stages=INTAKE_STAGES,
        to_stage=Stage.MERGED,
        actors=CITIZEN,
        kinds=LIGHT,
        needs=_LINKED,
        reason="Who says the same may join the case there is: a petition of its own, handled with the first.",
    ),
    Transition(
        action=Action.MERGE,
        from_stages=INTAKE_STAGES,
        to_stage=Stage.MERGED,
        actors=OFFICER,
        roles=_UNIT_LEADS,
        kinds=LIGHT,
        needs=_LINKED_REASON,
        reason="One matter is handled once: those who lead the unit join a later petition to the first.",
    ),
    Transition(
        action=Action.MERGE,
        from_stages=_BEFORE_ACCEPTANCE,
        to_stage=Stage.MERGED,
        actors=OFFICER,
        roles=FOCAL,
        needs=_LINKED_REASON,
        unit_scope="focal",
        reason="The focal unit joins petitions of every kind; complaints and denunciations nobody else does.",
    ),
    Transition(
        action=Action.UNMERGE,
        from_stages=_KEPT,
        to_stage=None,
        actors=OFFICER,
        roles=_UNIT_LEADS,
        kinds=LIGHT,
        needs=_REASON,
        after=Action.MERGE,
        while_merged=True,
        reason="Not the same matter after all: stage, unit, officer and dates are again what they were.",
    ),
    Transition(
        action=Action.UNMERGE,
        from_stages=_KEPT,
        to_stage=None,
        actors=OFFICER,
        roles=FOCAL,
        needs=_REASON,
        unit_scope="focal",
        after=Action.MERGE,
        while_merged=True,
        reason="Whoever may join may take apart; dates that passed meanwhile have passed.",
    ),
    Transition(
        action=Action.UNDO_DUPLICATE,
        from_stages=frozenset({Stage.CLOSED}),
        to_stage=None,
        actors=OFFICER,
        roles=FOCAL,
        needs=_REASON,
        unit_scope="focal",
        after=Action.SCREEN_DUPLICATE,
        reason="Registered as a duplicate by mistake: it is screened anew from where it stood.",
    ),
)

_REPRESENT: Final = Transition(
    action=Action.REPRESENT,
    from_stages=_REPRESENTED,
    to_stage=None,
    actors=OFFICER,
    roles=STAFF,
    needs=_DOCUMENT,
    after=Action.BECOME_MASS,
    while_merged=True,
    reason="Representatives are petitioners themselves, chosen in writing by all (Luật Tiếp công dân Đ29).",
)
_END_REPRESENT: Final = Transition(
    action=Action.END_REPRESENT,
    from_stages=ANY_STAGE,
    to_stage=None,
    actors=OFFICER,
    roles=STAFF,
    needs=_REASON,
    after=Action.REPRESENT,
    while_merged=True,
    reason="The group chose somebody else, or it was noted by mistake.",
)
_MASS: Final = (
    Transition(
        action=Action.BECOME_MASS,
        from_stages=ANY_STAGE,
        to_stage=None,
        actors=SERVICE,
        reason="From five people on representatives are chosen (Luật Tiếp công dân Đ29); the leadership knows early.",
    ),
    _REPRESENT,
    also(
        _REPRESENT, roles=FOCAL, unit_scope="focal", reason="The focal unit receives the group and its paper."
    ),
    _END_REPRESENT,
    also(
        _END_REPRESENT,
        roles=FOCAL,
        unit_scope="focal",
        reason="Whoever may note a representative may take it back.",
    ),
)

_IN_STEP: Final = (
    Transition(
        action=Action.MEMBER_JOINED,
        from_stages=ANY_STAGE,
        to_stage=None,
        actors=SERVICE,
        reason="The lead's own history says who came in; written with the merge.",
    ),
    Transition(
        action=Action.MEMBER_LEFT,
        from_stages=ANY_STAGE,
        to_stage=None,
        actors=SERVICE,
        reason="The lead's own history says who left; it goes on for the others.",
    ),
    Transition(
        action=Action.FOLLOW_LEAD,
        from_stages=_KEPT,
        to_stage=None,
        actors=SERVICE,
        after=Action.MERGE,
        while_merged=True,
        reason="What is done to the lead is done to all merged into it: one handling, each told under its own code.",
    ),
)

_LEAVING: Final = (
    Transition(
        action=Action.WITHDRAW,
        from_stages=_MERGED,
        to_stage=Stage.WITHDRAWN,
        actors=CITIZEN,
        kinds=LIGHT,
        stops=True,
        while_merged=True,
        reason="One of several takes back the own petition; the lead goes on for the others.",
    ),
    Transition(
        action=Action.WITHDRAW,
        from_stages=_MERGED,
        to_stage=Stage.WITHDRAWN,
        actors=OFFICER,
        roles=STAFF,
        kinds=FORMAL,
        needs=_REASON,
        stops=True,
        while_merged=True,
        reason="Some of several withdraw in the lawful form; it goes on for the others (NĐ 155 Đ5, L25 Đ33 k2).",
    ),
    Transition(
        action=Action.WITHDRAW,
        from_stages=INTAKE_STAGES,
        to_stage=None,
        actors=CITIZEN,
        kinds=LIGHT,
        leading=True,
        reason="Others joined this petition: its own petitioner leaves, and it goes on for them.",
    ),
    Transition(
        action=Action.WITHDRAW,
        from_stages=_BEFORE_ACCEPTANCE,
        to_stage=None,
        actors=OFFICER,
        roles=STAFF,
        kinds=FORMAL,
        needs=_REASON,
        leading=True,
        reason="Some of several withdraw in the lawful form; it goes on for the others (NĐ 155 Đ5, L25 Đ33 k2).",
    ),
    Transition(
        action=Action.ASK_WITHDRAW,
        from_stages=_MERGED,
        to_stage=None,
        actors=CITIZEN,
        kinds=FORMAL,
        while_merged=True,
        reason="The wish is on record; the officer leads the citizen to the lawful form.",
    ),
)

_COMPLETING: Final = (
    Transition(
        action=Action.GIVE_FORM_VALUES,
        from_stages=_MERGED,
        to_stage=None,
        actors=CITIZEN,
        kinds=frozenset(Kind) - {Kind.ANONYMOUS_TIP},
        while_merged=True,
        reason="Each of several completes the own đơn.",
    ),
    Transition(
        action=Action.HAND_IN_FORM,
        from_stages=_MERGED,
        to_stage=None,
        actors=CITIZEN,
        kinds=LAWFUL,
        needs=frozenset({"text"}),
        while_merged=True,
        reason="Each of several signs the own đơn; it goes to whoever has the lead.",
    ),
    Transition(
        action=Action.BOOK_VISIT,
        from_stages=_MERGED,
        to_stage=None,
        actors=CITIZEN,
        kinds=LAWFUL,
        needs=frozenset({"moment"}),
        while_merged=True,
        reason="Each of several may come to sign the own đơn.",
    ),
    Transition(
        action=Action.CANCEL_VISIT,
        from_stages=_MERGED,
        to_stage=None,
        actors=CITIZEN | SERVICE,
        kinds=LAWFUL,
        while_merged=True,
        reason="The booked time is given up, or called off by the office; the other ways to sign stay open.",
    ),
)

GATHERING: Final = _LEAVING + LINKING + _MERGING + _COMPLETING + _MASS + _IN_STEP
"""Goes before the rows of single petitions: some of these stand for a case in which several are one."""
