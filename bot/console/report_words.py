"""How far a report and its versions are, in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.console.visits import Visit
from handlers.console_reports import Shown
from handlers.officers import cards
from handlers.officers.access import unit_name
from storage.reporting_jobs import BOOKS, What
from storage.reporting_shelf import KeptReport, ReportState


def moment(visit: Visit, at: datetime) -> str:
    """A moment as the office reads it."""
    return cards.shown_moment(at.astimezone(visit.parts.web.facts.agency.zone), visit.texts)


def state_of(visit: Visit, kept: KeptReport | None) -> str:
    """How far a report is, in few words; empty where nothing is finished."""
    if kept is None:
        return ""
    return visit.texts.get(f"console_reports.state_{kept.state}", moment=moment(visit, kept.made_at))


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says beside the figures."""

    visit: Visit
    shown: Shown

    @property
    def today(self) -> date:
        web_parts = self.visit.parts.web
        return web_parts.clock.now().astimezone(web_parts.facts.agency.zone).date()

    @property
    def made_at(self) -> str:
        """When the shown numbers were made."""
        job, version = self.shown.jobs.get(What.FIGURES), self.shown.version
        if self.shown.report is None:
            return ""
        if version is not None:
            return moment(self.visit, version.made_at)
        return moment(self.visit, job.done_at) if job is not None and job.done_at is not None else ""

    @property
    def making(self) -> list[str]:
        """What is under way."""
        now = self.visit.parts.web.clock.now()
        return [self._what(what) for what, job in self.shown.jobs.items() if job.making(now)]

    @property
    def failed(self) -> list[str]:
        """What could not be made."""
        now = self.visit.parts.web.clock.now()
        return [self._what(what) for what, job in self.shown.jobs.items() if job.failed(now)]

    @property
    def books(self) -> list[dict[str, str]]:
        """The books of the period, and since when each can be fetched."""
        books = []
        for what in BOOKS:
            job = self.shown.jobs.get(what)
            there = job is not None and job.content_key and job.done_at is not None
            at = moment(self.visit, job.done_at) if there and job is not None and job.done_at else ""
            books.append({"what": what.value, "words": self._what(what), "at": at})
        return books

    @property
    def versions(self) -> list[dict[str, Any]]:
        """Every finished version."""
        return [self._version(kept) for kept in self.shown.kept]

    @property
    def superior(self) -> str:
        """Whom the office reports to; empty where the profile does not say."""
        above = self.visit.parts.web.facts.agency.office.parent_code
        return self._authority(above) if above else ""

    @property
    def tracking(self) -> list[dict[str, Any]]:
        """Which units have submitted, for the consolidated report."""
        agency, language = self.visit.parts.web.facts.agency, self.visit.texts.language
        return [
            {
                "code": unit,
                "name": unit_name(agency, unit, language),
                "state": state_of(self.visit, kept),
                "differs": unit in self.shown.differing,
            }
            for unit, kept in self.shown.newest.items()
        ]

    def _what(self, what: What) -> str:
        return self.visit.texts.get(f"console_reports.what_{what}")

    def _version(self, kept: KeptReport) -> dict[str, Any]:
        texts, version = self.visit.texts, self.shown.version
        made = "kept_submitted" if kept.unit else "kept_finished"
        sent = ""
        if kept.sent_at is not None:
            sent = texts.get(
                "console_reports.kept_sent",
                moment=moment(self.visit, kept.sent_at),
                to=self._authority(kept.sent_to),
                number=kept.sent_number,
                name=self._name(kept.sent_by),
            )
        return {
            "version": kept.version,
            "sha256": kept.sha256,
            "made": texts.get(
                f"console_reports.{made}",
                moment=moment(self.visit, kept.made_at),
                name=self._name(kept.made_by),
            ),
            "sent": sent,
            "is_sent": kept.state == ReportState.SENT,
            "here": version is not None and version.version == kept.version,
        }

    def _name(self, officer_id: int | None) -> str:
        officer = self.shown.names.get(officer_id) if officer_id is not None else None
        if officer is None:
            return self.visit.texts.get("console_reports.at_command_line")
        return cards.officer_name(officer, self.visit.texts)

    def _authority(self, code: str) -> str:
        """The name of an authority; the words themselves where they are no code of the profile."""
        agency = self.visit.parts.web.facts.agency
        known = {one.code: one for one in agency.outside_authorities}
        return known[code].name(self.visit.texts.language) if code in known else code
