"""A case in the browser: what is known of it, and every deed its officer may do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.console.denials import Denials
from bot.console.pages import ConsolePages
from bot.console.typed import whole
from bot.console.visits import NotHere, Route, Visit
from handlers import console_actions
from handlers.console_actions import Form, Offer, Outcome
from handlers.console_board import Look
from handlers.console_case import IDENTITY, STORY, CaseView, case_view, found
from handlers.console_story import MOST, Said, Step, conversation, timeline
from handlers.console_turn import desk_of
from handlers.officers.room import Room
from handlers.official_papers import DraftLine, lines_of
from petitions.kinds import Action
from petitions.official_papers import Fit
from petitions.text import clean

CODE: Final = "{code:[0-9A-Z]{12}}"
_CASE: Final = f"/console/cases/{CODE}"
_ACTIONS: Final = {action.value: action for action in Action}
LONGEST_REASON: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """Everything of one look at a case."""

    case: CaseView
    offers: tuple[Offer, ...]
    steps: tuple[Step, ...]
    talk: tuple[Said, ...]
    drafts: tuple[DraftLine, ...]
    done: str


class CasePage:
    """`/console/cases/{code}`, its parts and its deeds."""

    def __init__(self, pages: ConsolePages, denials: Denials) -> None:
        self._pages = pages
        self._denials = denials

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=_CASE, handle=self.show),
            Route(method="GET", path=f"{_CASE}/live", handle=self.live, quiet=True),
            Route(method="POST", path=f"{_CASE}/open", handle=self.open_sealed),
            Route(method="GET", path=f"{_CASE}/do/{{action:[a-z_]{{1,30}}}}", handle=self.ask),
            Route(method="POST", path=f"{_CASE}/do/{{action:[a-z_]{{1,30}}}}", handle=self.act),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """The whole case."""
        return await self._whole(visit)

    async def live(self, visit: Visit) -> web.Response:
        """Word that the case changed since `seen`, with a way to see it; else nothing."""
        code = visit.request.match_info["code"]

        def work(look: Look) -> int:
            petition = found(self._room(visit, look), code)
            return petition.events_count if petition is not None else 0

        now = await visit.look(work)
        if now == 0:
            raise NotHere
        if visit.request.query.get("seen") == str(now):
            return web.Response(status=204)
        return self._pages.render(visit.request, "case_changed.html", visit=visit, code=code)

    async def open_sealed(self, visit: Visit) -> web.Response:
        """Open the story of a sealed case, or with a reason who the petitioner is; on record first."""
        code = visit.request.match_info["code"]
        what = visit.form.get("what", "")
        if what not in (STORY, IDENTITY):
            raise NotHere
        reason = clean(visit.form.get("reason", ""))[:LONGEST_REASON]
        if what == STORY:
            reason = visit.texts.get("officer.opened_story")
        elif not reason:
            problem = visit.texts.get("console_case.reason_missing")
            return await self._whole(visit, status=422, identity_problem=problem)
        outcome = await visit.act(lambda turn: console_actions.open_sealed(desk_of(turn), code, what, reason))
        if outcome is None:
            raise self._hidden(visit, code, "open")
        if not outcome.done:
            return await self._whole(visit, status=422, problem=outcome.problem)
        anchor = "story" if what == STORY else "person"
        return web.Response(status=303, headers={"Location": f"/console/cases/{code}#{anchor}"})

    async def ask(self, visit: Visit) -> web.Response:
        """The form of an action."""
        code, action = self._wish(visit)

        def work(look: Look) -> Form | None:
            room = self._room(visit, look)
            petition = found(room, code)
            if petition is None:
                return None
            other = visit.request.query.get("with", "")
            return console_actions.form_for(room, petition, action, other=other)

        form = await visit.look(work)
        if form is None:
            raise self._hidden(visit, code, action.value)
        return self._form(visit, code, Outcome(form=form), {}, status=200)

    async def act(self, visit: Visit) -> web.Response:
        """Do what the form says, where the case is as it was; else show what changed, and keep what was typed."""
        code, action = self._wish(visit)
        typed = visit.form.get("seq", "")
        seq = whole(typed, digits=8) or 0
        outcome = await visit.act(
            lambda turn: console_actions.act(desk_of(turn), code, action, seq, visit.form)
        )
        if outcome is None:
            raise self._hidden(visit, code, action.value)
        if outcome.done:
            place = await self._after(visit, code, action)
            return web.Response(status=303, headers={"Location": place})
        status = 409 if outcome.changed else 422 if outcome.problem or outcome.problems else 200
        return self._form(visit, code, outcome, visit.form, status=status)

    # --- inside

    async def _after(self, visit: Visit, code: str, action: Action) -> str:
        """The case, or the board where it is this officer's no more."""

        def work(look: Look) -> bool:
            return found(self._room(visit, look), code) is not None

        still = await visit.look(work)
        return f"/console/cases/{code}?done={action.value}" if still else f"/console?done={action.value}"

    async def _whole(self, visit: Visit, *, status: int = 200, **problems: str) -> web.Response:
        code = visit.request.match_info["code"]
        done = _ACTIONS.get(visit.request.query.get("done", ""))

        def work(look: Look) -> _Whole | None:
            room = self._room(visit, look)
            petition = found(room, code)
            if petition is None:
                return None
            case = case_view(room, petition, since=visit.session.made_at)
            offers = console_actions.offers(room, petition)
            notes = case.story_open and any(offer.action == Action.NOTE for offer in offers)
            return _Whole(
                case=case,
                offers=offers,
                drafts=lines_of(room, petition, identity=case.identity_open) if notes else (),
                steps=timeline(room, petition, words=case.story_open),
                talk=conversation(room, petition) if case.story_open else (),
                done=console_actions.done_words(room, done, petition)
                if done is not None and status == 200
                else "",
            )

        whole = await visit.look(work)
        if whole is None:
            raise self._hidden(visit, code, "case")
        return self._pages.render(
            visit.request,
            "case.html",
            visit=visit,
            status=status,
            title=visit.texts.get("cards.title", code=whole.case.shown),
            case=whole.case,
            offers=whole.offers,
            steps=whole.steps,
            most_steps=MOST,
            talk=whole.talk,
            drafts=[(fit.value, [line for line in whole.drafts if line.fit == fit.value]) for fit in Fit],
            done=whole.done,
            may_note=any(offer.action == Action.NOTE for offer in whole.offers),
            problem=problems.get("problem", ""),
            identity_problem=problems.get("identity_problem", ""),
            longest_reason=LONGEST_REASON,
        )

    def _form(
        self, visit: Visit, code: str, outcome: Outcome, given: Mapping[str, str], *, status: int
    ) -> web.Response:
        form = outcome.form
        return self._pages.render(
            visit.request,
            "do_form.html" if visit.fragment else "do.html",
            visit=visit,
            status=status,
            title=form.label if form is not None else "",
            code=code,
            form=form,
            outcome=outcome,
            given=given,
            kept=_kept(form, given),
        )

    def _wish(self, visit: Visit) -> tuple[str, Action]:
        action = _ACTIONS.get(visit.request.match_info["action"])
        if action is None or not console_actions.is_offered(action):
            raise NotHere
        return visit.request.match_info["code"], action

    def _hidden(self, visit: Visit, code: str, tried: str) -> NotHere:
        """What absent and hidden cases are answered with; an attempt at a hidden one stands in its history."""
        self._denials.note(visit, code, tried)
        return NotHere()

    def _room(self, visit: Visit, look: Look) -> Room:
        return desk_of(visit.turn(look.book))


def _kept(form: Form | None, given: Mapping[str, str]) -> list[str]:
    """Words that were typed and have no field now: shown, so that nothing typed is lost."""
    names = {field.name for field in form.fields} if form is not None and not form.refused else set()
    return [
        given[name]
        for name in ("text", "reason", "task", "document")
        if given.get(name) and name not in names
    ]
