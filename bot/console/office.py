"""The office's own settings: people, invitations, reply templates, and the record of what was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.typed import whole
from bot.console.visits import NotHere, Route, Visit
from handlers import console_office
from handlers.console_board import Look
from handlers.console_office import NotAllowed, PersonLine, Wrong
from handlers.console_sign_in import shown_code
from handlers.console_turn import desk_of
from handlers.officers import cards
from handlers.officers.access import unit_name
from handlers.officers.room import Room
from petitions.kinds import Role
from storage.console_office import OfficeChange, ReplyTemplate
from storage.records import InviteRecord, OfficerRecord

T = TypeVar("T")
_OFFICE: Final = "/console/office"
_PERSON: Final = f"{_OFFICE}/people/{{person:[0-9]{{1,18}}}}"
_DONE: Final = ("invited", "ended", "changed", "away", "back", "removed", "template", "template_removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What one look gives for the page."""

    people: tuple[PersonLine, ...]
    invites: tuple[InviteRecord, ...]
    templates: tuple[ReplyTemplate, ...]
    changes: tuple[OfficeChange, ...]
    names: dict[int, str]


class OfficePages:
    """`/console/office`."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=_OFFICE, handle=self.show),
            Route(method="POST", path=f"{_OFFICE}/invite", handle=self.invite),
            Route(method="POST", path=f"{_OFFICE}/invite/end", handle=self.end_invite),
            Route(method="GET", path=_PERSON, handle=self.person),
            Route(method="POST", path=f"{_PERSON}/change", handle=self.change),
            Route(method="POST", path=f"{_PERSON}/absence", handle=self.absence),
            Route(method="POST", path=f"{_PERSON}/back", handle=self.back),
            Route(method="POST", path=f"{_PERSON}/remove", handle=self.remove),
            Route(method="GET", path=f"{_OFFICE}/templates", handle=self.templates),
            Route(method="POST", path=f"{_OFFICE}/templates", handle=self.put_template),
            Route(method="POST", path=f"{_OFFICE}/templates/remove", handle=self.remove_template),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """People, invitations and the record."""
        return await self._page(visit)

    async def invite(self, visit: Visit) -> web.Response:
        """Make an invitation; what it says is told on this one page only."""
        form = visit.form

        def work(room: Room) -> str:
            return console_office.invite(
                room,
                unit=form.get("unit", ""),
                role=form.get("role", ""),
                name=form.get("name", ""),
                days=_number(form.get("days", ""), 7),
                group=form.get("group") == "1",
            )

        token, problem = await self._do(visit, work)
        if token is None:
            return await self._page(visit, status=422, problem=problem)
        return await self._page(visit, token=shown_code(token))

    async def end_invite(self, visit: Visit) -> web.Response:
        number = _number(visit.form.get("id", ""), 0)
        await self._do(visit, lambda room: console_office.end_invite(room, number))
        return _to(f"{_OFFICE}?done=ended")

    async def person(self, visit: Visit) -> web.Response:
        """One officer: role, unit, absence, leaving."""
        return await self._person_page(visit)

    async def change(self, visit: Visit) -> web.Response:
        form, number = visit.form, int(visit.request.match_info["person"])

        def work(room: Room) -> int:
            return console_office.change_person(
                room,
                number,
                unit=form.get("unit", ""),
                role=form.get("role", ""),
                name=form.get("name", ""),
            )

        return await self._after_person(visit, work, "changed")

    async def absence(self, visit: Visit) -> web.Response:
        form, number = visit.form, int(visit.request.match_info["person"])

        def work(room: Room) -> int:
            deputy = _number(form.get("deputy", ""), 0) or None
            since, until = _day(form.get("since", "")), _day(form.get("until", ""))
            return console_office.set_absence(room, number, since=since, until=until, deputy=deputy)

        return await self._after_person(visit, work, "away")

    async def back(self, visit: Visit) -> web.Response:
        number = int(visit.request.match_info["person"])

        def work(room: Room) -> int:
            console_office.set_back(room, number)
            return 0

        return await self._after_person(visit, work, "back")

    async def remove(self, visit: Visit) -> web.Response:
        form, number = visit.form, int(visit.request.match_info["person"])

        def work(room: Room) -> int:
            deputy = _number(form.get("deputy", ""), 0) or None
            return console_office.remove_person(room, number, deputy=deputy, sure=form.get("sure") == "1")

        return await self._after_person(visit, work, "removed")

    async def templates(self, visit: Visit) -> web.Response:
        """The reply templates this officer may change."""
        return await self._templates_page(visit)

    async def put_template(self, visit: Visit) -> web.Response:
        form = visit.form

        def work(room: Room) -> bool:
            console_office.put_template(
                room,
                _number(form.get("id", ""), 0) or None,
                unit=form.get("unit", ""),
                title=form.get("title", ""),
                text=form.get("text", ""),
            )
            return True

        done, problem = await self._do(visit, work)
        if not done:
            return await self._templates_page(visit, status=422, problem=problem)
        return _to(f"{_OFFICE}/templates?done=template")

    async def remove_template(self, visit: Visit) -> web.Response:
        number = _number(visit.form.get("id", ""), 0)
        await self._do(visit, lambda room: console_office.remove_template(room, number))
        return _to(f"{_OFFICE}/templates?done=template_removed")

    # --- inside

    async def _do(self, visit: Visit, work: Callable[[Room], T]) -> tuple[T | None, str]:
        """The deed; or in words why it cannot be done, and nothing of it was. Raises NotHere."""
        try:
            return await visit.act(lambda turn: work(desk_of(turn))), ""
        except NotAllowed:
            raise NotHere from None
        except Wrong as wrong:
            return None, visit.texts.get(wrong.key)

    async def _after_person(self, visit: Visit, work: Callable[[Room], int], done: str) -> web.Response:
        moved, problem = await self._do(visit, work)
        if moved is None:
            return await self._person_page(visit, status=422, problem=problem)
        return _to(f"{_OFFICE}?done={done}&moved={moved}")

    async def _page(
        self, visit: Visit, *, status: int = 200, problem: str = "", token: str = ""
    ) -> web.Response:
        shown = await self._look(visit)
        texts, zone = visit.texts, visit.parts.web.facts.agency.zone
        manages = console_office.may_manage(visit.officer)
        return self._pages.render(
            visit.request,
            "office.html",
            visit=visit,
            status=status,
            title=texts.get("console_office.title"),
            people=shown.people,
            invites=[
                {
                    "id": one.id,
                    "name": one.name,
                    "unit": unit_name(visit.parts.web.facts.agency, one.unit, texts.language),
                    "role": texts.get(f"cards.role_{one.role}")
                    if one.role
                    else texts.get("console_office.group"),
                    "until": cards.shown_moment(one.expires_at.astimezone(zone), texts),
                }
                for one in shown.invites
            ],
            changes=[self._change(visit, change, shown.names) for change in shown.changes],
            manages=manages,
            problem=problem,
            token=token,
            done=self._done(visit),
            given=visit.form if problem else {},
            **self._choices(visit),
        )

    async def _person_page(self, visit: Visit, *, status: int = 200, problem: str = "") -> web.Response:
        shown = await self._look(visit)
        number = int(visit.request.match_info["person"])
        person = next((line for line in shown.people if line.id == number), None)
        if person is None or not (person.change or person.absence):
            raise NotHere
        today = visit.parts.web.clock.now().astimezone(visit.parts.web.facts.agency.zone).date()
        return self._pages.render(
            visit.request,
            "person.html",
            visit=visit,
            status=status,
            title=person.name,
            person=person,
            others=[line for line in shown.people if line.id != number],
            today=today.isoformat(),
            problem=problem,
            given=visit.form,
            **self._choices(visit),
        )

    async def _templates_page(self, visit: Visit, *, status: int = 200, problem: str = "") -> web.Response:
        shown = await self._look(visit)
        texts, agency = visit.texts, visit.parts.web.facts.agency
        manages = console_office.may_manage(visit.officer)
        return self._pages.render(
            visit.request,
            "templates.html",
            visit=visit,
            status=status,
            title=texts.get("console_office.templates_title"),
            templates=[
                (one, unit_name(agency, one.unit, texts.language) if one.unit else "")
                for one in shown.templates
            ],
            manages=manages,
            own_unit=visit.officer.unit,
            problem=problem,
            done=self._done(visit),
            given=visit.form,
            longest=console_office.LONGEST_TEXT,
            filled=console_office.FILLED,
            **self._choices(visit),
        )

    async def _look(self, visit: Visit) -> _Shown:
        if not console_office.may_look(visit.officer):
            raise NotHere
        manages = console_office.may_manage(visit.officer)

        def work(look: Look) -> _Shown:
            room = desk_of(visit.turn(look.book))
            everybody: list[OfficerRecord] = look.book.officers(active=None)
            return _Shown(
                people=console_office.people(room),
                invites=tuple(look.book.open_invites()) if manages else (),
                templates=tuple(console_office.templates_to_change(room)),
                changes=tuple(look.book.office_changes()) if manages else (),
                names={one.id: cards.officer_name(one, visit.texts) for one in everybody},
            )

        return await visit.look(work)

    def _choices(self, visit: Visit) -> dict[str, Any]:
        texts, agency = visit.texts, visit.parts.web.facts.agency
        return {
            "units": [(unit.code, unit.name(texts.language)) for unit in agency.units if unit.active],
            "roles": [(role.value, texts.get(f"cards.role_{role}")) for role in Role],
        }

    def _change(self, visit: Visit, change: OfficeChange, names: dict[int, str]) -> dict[str, str]:
        texts, zone = visit.texts, visit.parts.web.facts.agency.zone
        about = change.content.get("officer")
        what = names.get(about, "") if isinstance(about, int) else ""
        what = what or str(change.content.get("title") or change.content.get("name") or "")
        return {
            "at": cards.shown_moment(change.at.astimezone(zone), texts),
            "who": names.get(change.officer_id, texts.get("officer.actor_officer")),
            "did": texts.get(f"console_office.did_{change.what}"),
            "what": what,
        }

    def _done(self, visit: Visit) -> str:
        done = visit.request.query.get("done", "")
        if done not in _DONE or visit.request.method != "GET":
            return ""
        moved = _number(visit.request.query.get("moved", ""), 0)
        words = visit.texts.get(f"console_office.done_{done}")
        return f"{words} {visit.texts.get('console_office.moved', count=moved)}" if moved else words


def _to(place: str) -> web.Response:
    return web.Response(status=303, headers={"Location": place})


def _number(typed: str, otherwise: int) -> int:
    number = whole(typed)
    return otherwise if number is None else number


def _day(typed: str) -> date:
    """Raises Wrong."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Wrong("console_office.wrong_absence") from None
