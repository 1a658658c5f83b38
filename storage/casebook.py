"""The casebook: everything a turn may read and write, inside its one transaction."""

from __future__ import annotations

from storage.cases import Cases
from storage.handovers import Handovers
from storage.notices import Notices
from storage.officers import Officers
from storage.throttles import Throttles
from storage.timers import Timers


class Casebook(Cases, Officers, Handovers, Notices, Timers, Throttles):
    """Made for one transaction: `Casebook(connection, vault=…, ids=…, clock=…, agency=…)`.

    Petitions and files come from `cases`, `events` and `attachments`, chats from `contacts`, people from
    `officers`, messages and cards from `notices`. It neither commits nor rolls back.
    """
