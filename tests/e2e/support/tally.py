"""Counting after crashes and faults: petitions, numbers, answers, files, codes, and messages said twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.e2e.support.arrivals import Arrivals, Chat
from tests.e2e.support.ledger import Kept, Ledger
from tests.e2e.support.steady_citizens import SteadyCitizen


@dataclass(slots=True)
class InFlight:
    """Messages that the platforms had and the book did not know of, at each kill; by chat."""

    by_chat: Counter[Chat] = field(default_factory=Counter)

    async def count(self, platforms: Sequence[Arrivals], ledger: Ledger) -> int:
        """Call while the service is dead. How many were in flight at this kill."""
        found: Counter[Chat] = Counter()
        for platform in platforms:
            for chat, unrecorded in (await platform.in_flight(ledger)).items():
                if unrecorded > self.by_chat[chat]:
                    found[chat] = unrecorded - self.by_chat[chat]
        self.by_chat += found
        return found.total()


@dataclass(slots=True)
class Tally:
    """What was found wrong, and the figures to print."""

    wrong: list[str] = field(default_factory=list)
    figures: dict[str, int | str] = field(default_factory=dict)

    def must(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)

    def line(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.figures.items())


async def tally(
    ledger: Ledger,
    citizens: Sequence[SteadyCitizen],
    doubles_allowed: Counter[Chat],
    platforms: Sequence[Arrivals],
    *,
    may_end: Sequence[str] = (),
) -> Tally:
    """Look at everything once all citizens are done and all messages are out."""
    found = Tally()
    kept = await ledger.petitions()
    by_story = {item.content.story[0] if item.content.story else "": item for item in kept}
    found.must(len(kept) == len(citizens), f"{len(citizens)} confirmed, {len(kept)} petitions")
    found.must(len(by_story) == len(kept), "two petitions tell the same story")
    for citizen in citizens:
        await _one(ledger, citizen, by_story.get(citizen.words.story), found)
    numbers = await ledger.registers()
    for book, used in numbers.items():
        found.must(used == list(range(1, len(used) + 1)), f"{book} has gaps or doubles: {used}")
    found.must(sum(map(len, numbers.values())) == len(kept), "register and petitions differ")
    found.must(await ledger.count("files") == len(citizens), f"{await ledger.count('files')} files")
    found.must(not await ledger.dead(), "dead letters")
    found.must(not await ledger.broken(), "broken chains")
    assignments = await ledger.open_assignments()
    found.must(set(assignments.values()) <= {1} and len(assignments) == len(kept), "open assignments")
    rows = await ledger.messages()
    states = Counter(row.status.value for row in rows)
    left = set(states) - {"sent", "delivered", "superseded", *may_end}
    found.must(not left, f"messages not brought: { {state: states[state] for state in left} }")
    await _doubles(platforms, ledger, doubles_allowed, found)
    found.figures |= {"petitions": len(kept), "messages": len(rows), "events": await ledger.count("events")}
    return found


async def _one(ledger: Ledger, citizen: SteadyCitizen, kept: Kept | None, found: Tally) -> None:
    words = citizen.words
    if kept is None:
        found.must(False, f"citizen {words.n}: no petition")
        return
    found.must(kept.content.story == (words.story,), f"citizen {words.n}: story {kept.content.story}")
    found.must(kept.content.name == words.name, f"citizen {words.n}: name {kept.content.name!r}")
    found.must(kept.content.phone == words.phone, f"citizen {words.n}: phone {kept.content.phone!r}")
    found.must(citizen.codes == {kept.record.code}, f"citizen {words.n}: codes {citizen.codes}")
    found.must(kept.actions == ["file"], f"citizen {words.n}: events {kept.actions}")
    found.must(len(kept.files) == 1, f"citizen {words.n}: {len(kept.files)} files")
    for file in kept.files:
        stored = file.content_key is not None and await ledger.bytes_of(file) == words.photo
        found.must(stored, f"citizen {words.n}: file {file.status.value} {file.reason}")


async def _doubles(
    platforms: Sequence[Arrivals], ledger: Ledger, allowed: Counter[Chat], found: Tally
) -> None:
    lost = [what for platform in platforms for what in await platform.lost(ledger)]
    found.must(not lost, f"messages recorded as sent that never arrived: {lost}")
    doubled: Counter[Chat] = Counter()
    for platform in platforms:
        doubled += await platform.doubled(ledger)
    beyond = {chat: count for chat, count in doubled.items() if count > allowed[chat]}
    found.must(not beyond, f"messages doubled without having been in flight: {beyond}")
    by_channel = Counter[str]()
    for (channel, _), count in doubled.items():
        by_channel[channel] += count
    found.figures |= {"doubled": str(dict(by_channel)), "in flight at kills": allowed.total()}
