"""What a petition is counted under, as keyed hashes: all, its topic, topic and unit, place, topic and place."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from sqlalchemy import bindparam, select

from petitions.hotspots import CellKind
from petitions.hotspots_told import ToldPlace, asked_for, told_place
from storage.book import insert_new
from storage.hotspots_tables import hotspot_names
from storage.keys import CannotOpen
from storage.records import PetitionContent, PetitionRecord
from storage.search import Search

ALL, TOPIC, MARK, NAME = "all", "topic", "mark", "name"
"""What else is hashed: all petitions, those of a topic, that a petition was looked at, the name of a place."""

_KEEP_NAMES: Final = insert_new(hotspot_names, unless=["hash"])
_NAMES_MET: Final = select(hotspot_names.c.hash).where(
    hotspot_names.c.hash.in_(bindparam("hashes", expanding=True)),
    hotspot_names.c.agency == bindparam("agency"),
)


class HotspotCells(Search):
    """Making the hashes. Their key is made of the key ring and the agency."""

    def _told(self, content: PetitionContent) -> ToldPlace:
        """Where it happened; names the office has met are asked for only where none was surely told."""
        story = "\n".join(content.story)
        where = (content.place, content.latitude, content.longitude, story)
        told = told_place(*where)
        names = {self._cell_hash(NAME, name): name for name in asked_for(told, content.place, story)}
        if not names:
            return told
        values = {"hashes": list(names), "agency": self.agency}
        met = self.connection.execute(_NAMES_MET, values).scalars()
        return told_place(*where, known={names[each] for each in met})

    def _cells(
        self, petition: PetitionRecord, told: ToldPlace
    ) -> dict[int, tuple[str, int | None, int | None]]:
        """What a petition is counted under: hash, kind, and of a topic at a place the hashes of both."""
        cells: dict[int, tuple[str, int | None, int | None]] = {self._cell_hash(ALL): (ALL, None, None)}
        topic = None
        if petition.topic is not None:
            topic = self._cell_hash(TOPIC, petition.topic)
            cells[topic] = (TOPIC, None, None)
            in_unit = self._cell_hash(CellKind.TOPIC_UNIT, petition.topic, petition.unit)
            cells[in_unit] = (CellKind.TOPIC_UNIT.value, topic, None)
        for key in told.keys:
            place = self._cell_hash(CellKind.PLACE, key)
            cells[place] = (CellKind.PLACE.value, None, None)
            if topic is not None:
                both = self._cell_hash(CellKind.TOPIC_PLACE, petition.topic or "", key)
                cells[both] = (CellKind.TOPIC_PLACE.value, topic, place)
        return cells

    def _cell_hash(self, kind: str, *parts: str) -> int:
        key = self.vault.fingerprint("hotspots", self.agency.encode())
        plain = "|".join([kind, *parts]).encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(plain, digest_size=8, key=key).digest(), "big") >> 1

    def _keep_names(self, told: ToldPlace) -> None:
        """Names that surely are places are found in later stories."""
        names = sorted(self._cell_hash(NAME, name) for name in told.sure)
        now = self.now()
        _KEEP_NAMES.run_many(
            self.connection, [{"hash": each, "agency": self.agency, "kept_at": now} for each in names]
        )

    def _content_or_empty(self, petition: PetitionRecord) -> PetitionContent:
        """A damaged content counts for its topic all the same."""
        try:
            return self.content(petition)
        except CannotOpen:
            return PetitionContent()

    def _texts(self, petition_ids: list[int]) -> dict[int, str]:
        try:
            opened = self.contents(petition_ids)
        except CannotOpen:
            known = self.petitions_by_id(petition_ids)
            opened = {each.id: self._content_or_empty(each) for each in known.values()}
        return {each: "\n".join(said.story) for each, said in opened.items()}
