"""The agency's own templates when the service starts: what is wrong with them is said like a wrong setting."""

from __future__ import annotations

from bot.official.drafts import Drafts, TemplatesUnusable
from bot.settings import Problem, Settings, SettingsError


def drafts_of(settings: Settings) -> Drafts:
    """What makes the drafts. Raises SettingsError (a problem for each fault of each template)."""
    try:
        return Drafts.load(settings.paper_templates)
    except TemplatesUnusable as error:
        raise SettingsError(Problem("TIEPDAN_PAPER_TEMPLATES", fault) for fault in error.faults) from error
