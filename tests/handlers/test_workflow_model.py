"""Whatever anybody tries in whatever order: the promises about a case hold after every step."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petitions.kinds import Action, Kind, Severity
from petitions.transition_groups import LAWFUL
from storage.ids import IdSource
from storage.keys import Vault
from storage.replay import replay
from storage.verify import verify
from tests.conftest import AGENCY, opened, sqlite_address
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.handlers.workflow_model import LAWFUL_WAY, World

STEPS = 30


async def play(folder: Path, template: Path, vault: Vault, begin: Begin) -> World:
    path = folder / "model.db"
    shutil.copyfile(template, path)
    clock, chance = HandClock(), random.Random(begin.seed)
    async with opened(sqlite_address(path)) as database:
        office = Office(database, vault, IdSource(clock, random.Random(begin.seed)), clock)
        world = World(office, chance, script=begin.script())
        await world.begin(begin.kind, begin.severity)
        for _ in range(STEPS):
            await world.step()
        replayed = await database.read(lambda connection: replay(connection, vault, AGENCY))
        assert replayed.differences == ()
        assert await database.read(lambda connection: list(verify(connection, vault, AGENCY))) == []
    return world


@dataclass(frozen=True)
class Begin:
    """Where chance takes over: after so many steps of the lawful way."""

    kind: Kind
    severity: Severity
    along: int
    then: tuple[Action, ...]
    seed: int

    def script(self) -> list[Action]:
        way = [*LAWFUL_WAY]
        if self.kind is Kind.DENUNCIATION:
            way[-1] = Action.CONCLUDE
        return [*way[: self.along], *self.then] if self.kind in LAWFUL else []


FURTHER: list[tuple[Action, ...]] = [
    (),
    (Action.EXTEND, Action.EXTEND),
    (Action.FIND_COMPLEX,),
    (Action.EXTEND, Action.SUSPEND, Action.RESUME),
    (Action.SUSPEND, Action.RESUME, Action.FIND_COMPLEX),
    (Action.INVITE_DIALOGUE, Action.HOLD_DIALOGUE),
    (Action.NOT_ACCEPT,),
]
"""Tried after the way, whether it fits there or not."""
BEGINS = st.builds(
    Begin,
    kind=st.sampled_from([*Kind, Kind.COMPLAINT, Kind.DENUNCIATION, Kind.COMPLAINT, Kind.DENUNCIATION]),
    severity=st.sampled_from(list(Severity)),
    along=st.integers(0, len(LAWFUL_WAY)),
    then=st.sampled_from(FURTHER),
    seed=st.integers(0, 2**32),
)


WAYS = [
    Begin(kind, Severity.NORMAL, along, then, seed)
    for seed, (kind, along, then) in enumerate(
        [
            (Kind.COMPLAINT, 5, (Action.FIND_COMPLEX, Action.SUSPEND, Action.RESUME)),
            (Kind.COMPLAINT, 5, (Action.INVITE_DIALOGUE, Action.HOLD_DIALOGUE, Action.DECIDE)),
            (Kind.DENUNCIATION, 5, (Action.EXTEND, Action.EXTEND, Action.SUSPEND, Action.RESUME)),
            (Kind.DENUNCIATION, 6, (Action.SEND_DECISION, Action.PUBLISH_DECISION, Action.ORDER_TASK)),
            (Kind.COMPLAINT, 3, (Action.NOT_ACCEPT,)),
            (Kind.DENUNCIATION, 1, (Action.SCREEN_DUPLICATE, Action.UNDO_DUPLICATE)),
            (Kind.DENUNCIATION, 1, (Action.MERGE, Action.UNMERGE, Action.LINK)),
        ]
    )
]
"""Ways that chance alone rarely goes; from their end it takes over."""


def test_any_order_of_actions_keeps_the_promises(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, vault: Vault
) -> None:
    """One test, so that what was reached is known where it is asked: a model whose every action is refused
    proves nothing."""
    done: Counter[str] = Counter()

    def run(begin: Begin) -> None:
        folder = tmp_path_factory.mktemp("model")
        done.update(asyncio.run(play(folder, sqlite_template, vault, begin)).done)

    for begin in WAYS:
        run(begin)
    settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)(
        given(begin=BEGINS)(run)
    )()

    reached = {action for action, count in done.items() if count}
    missing = {action.value for action in Action} - reached - {"file", "denied"}
    assert len(missing) <= 10, sorted(missing)
    assert {
        Action.MERGE.value,
        Action.UNMERGE.value,
        Action.LINK.value,
        Action.UNDO_DUPLICATE.value,
    } <= reached
