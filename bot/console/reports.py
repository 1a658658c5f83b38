"""The pages of the reports: the periods of a year, and one report with its figures and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from aiohttp import web

from bot.console import report_view
from bot.console.pages import ConsolePages
from bot.console.report_view import PLACE, WHOLE, place_of
from bot.console.report_words import Told, state_of
from bot.console.typed import whole
from bot.console.visits import NotHere, Route, Visit
from bot.reports import narrative, words
from bot.reports.maker import ReportMaker
from handlers import console_reports
from handlers.console_board import Look
from handlers.console_office import NotAllowed, Wrong
from handlers.console_reports import PeriodLine, Rights, Shown
from handlers.console_turn import desk_of
from handlers.officers.access import unit_name
from handlers.officers.room import Room
from handlers.report_words import period_name
from petitions.reports.forms import Form, forms
from petitions.reports.periods import Period
from petitions.reports.report import NARRATIVE, NOTES
from petitions.reports.rights import Deed
from storage.reporting_jobs import Job, What
from storage.reporting_shelf import WHOLE_OFFICE

T = TypeVar("T")
REPORT: Final = f"{PLACE}/{{period:[0-9]{{4}}(?:-[0-9A-Z]{{2}})?}}/{{unit:-|[a-z][a-z0-9_]{{0,39}}}}"
BALANCE, WORDS = "balance", "words"
_DONE: Final = ("entered", "finished", "submitted", "sent")
_NUMBER_LETTERS: Final = 9


def asked(visit: Visit) -> tuple[Period, str]:
    """Period and unit of the address, the unit "" for the consolidated report. Raises NotHere."""
    match = visit.request.match_info
    try:
        period = console_reports.read_period(match["period"])
    except NotAllowed:
        raise NotHere from None
    return period, WHOLE_OFFICE if match["unit"] == WHOLE else match["unit"]


def rights_of(visit: Visit) -> Rights:
    return Rights(visit.parts.web.facts.agency, visit.officer)


class ReportPages:
    """`/console/reports`."""

    def __init__(self, pages: ConsolePages, maker: ReportMaker) -> None:
        self._pages = pages
        self._maker = maker

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=PLACE, handle=self.periods),
            Route(method="GET", path=REPORT, handle=self.show),
            Route(method="GET", path=f"{REPORT}/state", handle=self.state, quiet=True),
            Route(method="POST", path=f"{REPORT}/make", handle=self.make),
            Route(method="POST", path=f"{REPORT}/enter", handle=self.enter),
            Route(method="POST", path=f"{REPORT}/words", handle=self.write),
            Route(method="POST", path=f"{REPORT}/finish", handle=self.finish),
            Route(method="POST", path=f"{REPORT}/send", handle=self.send),
        ]

    async def periods(self, visit: Visit) -> web.Response:
        """The periods of a year, with how far each report is."""
        rights = rights_of(visit)
        if not rights.reports:
            raise NotHere
        texts = visit.texts

        def work(look: Look) -> tuple[int, tuple[int, ...], tuple[PeriodLine, ...]]:
            years = console_reports.years(look)
            year = console_reports.year_of(visit.request.query.get("year", ""), years)
            return year, years, console_reports.periods_of(look, rights, year)

        year, years, lines = await visit.look(work)
        whole = WHOLE_OFFICE in rights.reports
        agency = visit.parts.web.facts.agency
        return self._pages.render(
            visit.request,
            "reports.html",
            visit=visit,
            title=texts.get("console_reports.title"),
            year=year,
            years=years,
            lines=[
                {
                    "code": line.period.code,
                    "name": sentence(period_name(line.period, texts)),
                    "days": f"{words.day(line.period.first)} – {words.day(line.period.last)}",
                    "begun": line.begun,
                    "ended": line.ended,
                    "due": words.day(line.period.due()),
                    "unit_due": words.day(line.unit_due),
                    "own": state_of(visit, line.own),
                    "whole": state_of(visit, line.whole),
                    "submitted": line.submitted,
                    "units": line.submitted + len(line.lacking),
                    "lacking": [unit_name(agency, one, texts.language) for one in line.lacking],
                }
                for line in lines
            ],
            own=rights.own,
            own_name=unit_name(agency, rights.own, texts.language) if rights.own else "",
            whole=whole,
            place_of=place_of,
        )

    async def show(self, visit: Visit) -> web.Response:
        """One report."""
        return await self._page(visit)

    async def state(self, visit: Visit) -> web.Response:
        """Whether what is made is there: then the page is to be read anew."""
        (period, unit), rights = asked(visit), rights_of(visit)
        try:
            making = await visit.look(lambda look: console_reports.under_way(look, rights, period, unit))
        except NotAllowed:
            raise NotHere from None
        if not making:
            return web.Response(status=200, text="", headers={"HX-Refresh": "true"})
        return self._pages.render(
            visit.request,
            "report_state.html",
            visit=visit,
            making=[visit.texts.get(f"console_reports.what_{what}") for what in making],
            state_place=place_of(period.code, unit, "/state"),
        )

    async def make(self, visit: Visit) -> web.Response:
        """Have the numbers, or a book, made in the background."""
        period, unit = asked(visit)
        what = next((what for what in What if what == visit.form.get("what", What.FIGURES)), None)
        if what is None:
            raise NotHere
        job, _ = await self._do(visit, lambda room: console_reports.ask(room, period, unit, what))
        self._start(job)
        return _to(place_of(period.code, unit, **_kept(visit)))

    async def enter(self, visit: Visit) -> web.Response:
        """Numbers and the note of a form, typed in."""
        period, unit = asked(visit)
        form = _form(visit.form.get("form", ""))
        if form is None:
            raise NotHere
        job, problem = await self._do(
            visit, lambda room: console_reports.enter(room, period, unit, form, visit.form)
        )
        return await self._after(visit, job, problem, "entered")

    async def write(self, visit: Visit) -> web.Response:
        """The parts of the narrative, typed in."""
        period, unit = asked(visit)
        job, problem = await self._do(
            visit, lambda room: console_reports.write(room, period, unit, narrative.OUTLINE, visit.form)
        )
        return await self._after(visit, job, problem, "entered")

    async def finish(self, visit: Visit) -> web.Response:
        """Freeze the numbers; those of a unit are thereby submitted."""
        period, unit = asked(visit)
        seen = visit.form.get("sha256", "")
        _, problem = await self._do(visit, lambda room: console_reports.finish(room, period, unit, seen))
        return await self._after(visit, None, problem, "submitted" if unit else "finished")

    async def send(self, visit: Visit) -> web.Response:
        """Note that the consolidated report went to the superior."""
        period, unit = asked(visit)
        if unit != WHOLE_OFFICE:
            raise NotHere
        form = visit.form
        version = _digits(form.get("version", "")) or 0

        def work(room: Room) -> None:
            console_reports.send(room, period, version, to=form.get("to", ""), number=form.get("number", ""))

        _, problem = await self._do(visit, work)
        return await self._after(visit, None, problem, "sent")

    # --- inside

    def _start(self, job: Job | None) -> None:
        if job is not None:
            self._maker.start(job)

    async def _do(self, visit: Visit, work: Callable[[Room], T]) -> tuple[T | None, str]:
        """The deed; or in words why it cannot be done, and nothing of it was. Raises NotHere."""
        try:
            return await visit.act(lambda turn: work(desk_of(turn))), ""
        except NotAllowed:
            raise NotHere from None
        except Wrong as wrong:
            return None, visit.texts.get(wrong.key)

    async def _after(self, visit: Visit, job: Job | None, problem: str, done: str) -> web.Response:
        if problem:
            return await self._page(visit, status=422, problem=problem)
        self._start(job)
        period, unit = asked(visit)
        return _to(place_of(period.code, unit, done=done, **_kept(visit)))

    async def _shown(self, visit: Visit) -> Shown:
        period, unit = asked(visit)
        version = _digits(visit.request.query.get("version", ""))
        try:
            return await visit.look(
                lambda look: console_reports.read_report(look, rights_of(visit), period, unit, version)
            )
        except NotAllowed:
            raise NotHere from None

    async def _page(self, visit: Visit, *, status: int = 200, problem: str = "") -> web.Response:
        period, unit = asked(visit)
        rights, shown, texts = rights_of(visit), await self._shown(visit), visit.texts
        agency, told = visit.parts.web.facts.agency, Told(visit, shown)
        tab = _tab(visit, period)
        done = visit.request.query.get("done", "")
        return self._pages.render(
            visit.request,
            "report.html",
            visit=visit,
            status=status,
            title=texts.get("console_reports.report_of", period=period_name(period, texts)),
            whose=console_reports.report_name(agency, unit, texts.language),
            period=period,
            days=texts.get("reports.between", first=words.day(period.first), last=words.day(period.last)),
            due=words.day(period.due()),
            begun=period.first <= told.today,
            unit=unit,
            place_of=place_of,
            shown=shown,
            report=shown.report,
            made_at=told.made_at,
            making=told.making,
            failed=told.failed,
            state_place=place_of(period.code, unit, "/state"),
            units=[(one, console_reports.report_name(agency, one, texts.language)) for one in rights.reports],
            kept=told.versions,
            can={deed.value: rights.may(deed, unit) for deed in Deed},
            books=told.books if rights.may_read_books(unit) else [],
            tab=tab,
            tabs=_tabs(period, texts),
            problem=problem,
            done=texts.get(f"console_reports.done_{done}") if done in _DONE and not problem else "",
            given=visit.form if problem else {},
            superior=told.superior,
            tracking=told.tracking,
            **self._content(visit, shown, tab, rights),
        )

    def _content(self, visit: Visit, shown: Shown, tab: str, rights: Rights) -> dict[str, Any]:
        """What the chosen tab shows."""
        report, texts, form = shown.report, visit.texts, _form(tab)
        content: dict[str, Any] = {
            "form": form,
            "lines": (),
            "rows": (),
            "flows": (),
            "parts": (),
            "heads": [],
        }
        if form is not None:
            content["hand"] = [column for column in form.columns if column.hand]
            content["note"] = shown.typed.get((form.code, NOTES), "")
            content["typed"] = {ms: text for (code, ms), text in shown.typed.items() if code == form.code}
            content["headings"] = report_view.headings(form)
        if tab == WORDS:
            content["parts"] = [
                {
                    "key": part,
                    "title": texts.get(f"reports.part_{part}"),
                    "depth": part.count("_"),
                    "hint": texts.get(f"reports.write_{part}") if part in narrative.TO_WRITE else "",
                    "text": shown.typed.get((NARRATIVE, part), ""),
                }
                for part in narrative.OUTLINE
            ]
        if report is None:
            return content
        content["heads"] = report_view.beside_heads(report, texts)
        if tab == BALANCE:
            content["flows"] = report_view.flow_lines(report, texts)
        elif form is not None:
            content["lines"] = report_view.figure_lines(report, form, texts)
            if len(report.rows) > 1:
                content["rows"] = report_view.unit_rows(
                    report, form, texts, may_see=lambda one: rights.may(Deed.SEE, one)
                )
        return content


def sentence(words_: str) -> str:
    """With a capital letter, as it begins a line."""
    return words_[:1].upper() + words_[1:]


def _tab(visit: Visit, period: Period) -> str:
    wanted = visit.form.get("form", visit.request.query.get("form", ""))
    if visit.request.path.endswith("/words"):
        wanted = WORDS
    known = {str(place) for place, _ in enumerate(forms(), 1)} | {BALANCE}
    known |= {WORDS} if period.has_narrative else set()
    return wanted if wanted in known else "2"


def _tabs(period: Period, texts: Any) -> list[tuple[str, str]]:
    tabs = [(str(place), each.code) for place, each in enumerate(forms(), 1)]
    tabs.append((BALANCE, texts.get("console_reports.tab_balance")))
    return [*tabs, (WORDS, texts.get("console_reports.tab_words"))] if period.has_narrative else tabs


def _form(tab: str) -> Form | None:
    return {str(place): each for place, each in enumerate(forms(), 1)}.get(tab)


def _kept(visit: Visit) -> dict[str, str]:
    """The tab one was at."""
    wanted = WORDS if visit.request.path.endswith("/words") else visit.form.get("form", "")
    return {"form": wanted} if wanted.isalnum() and len(wanted) < _NUMBER_LETTERS else {}


def _digits(typed: str) -> int | None:
    return whole(typed, digits=_NUMBER_LETTERS)


def _to(place: str) -> web.Response:
    return web.Response(status=303, headers={"Location": place})
