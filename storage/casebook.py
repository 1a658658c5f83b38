"""The casebook: everything a turn may read and write, inside its one transaction."""

from __future__ import annotations

from storage.announcements import Announcements
from storage.console import Console
from storage.gatherings import Gatherings
from storage.hotspots import Hotspots
from storage.hotspots_lists import HotspotLists
from storage.learning import Learning
from storage.notices import Notices
from storage.officers import Officers
from storage.overview import Overview
from storage.overview_counts import OverviewCounts
from storage.policy_gaps import PolicyGaps
from storage.public_figures import PublicFigures
from storage.reception import ReceptionBook
from storage.shared_files import SharedFiles
from storage.throttles import Throttles
from storage.timers import Timers
from storage.work import Work


class Casebook(
    Console,
    OverviewCounts,
    Overview,
    Announcements,
    Hotspots,
    HotspotLists,
    Learning,
    PolicyGaps,
    PublicFigures,
    ReceptionBook,
    Gatherings,
    Officers,
    Notices,
    SharedFiles,
    Timers,
    Throttles,
    Work,
):
    """Made for one transaction: `Casebook(connection, vault=…, ids=…, clock=…, agency=…)`.

    Petitions and files come from `cases`, `events`, `attachments`, `similar` and `search`, several of one matter
    from `gatherings`, chats from `contacts`, what people decided from `learning`, people from `officers`, messages
    and cards from `notices`, lists of open work from `work`, what grows where from `hotspots`, the console's
    own from `console`, what its overview counts from `overview_counts` and `overview`. It neither commits nor rolls
    back.
    """
