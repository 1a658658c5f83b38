"""Petitions that may be copies of another, or of one matter with it: found by keyed hashes, flat in cost.

Of each petition forty hashes are kept: the sketch of its text and its rarest terms (`petitions.copies`,
`petitions.matters`). The key is made of the key ring, the agency and whether the case is sealed: sealed cases
(tố cáo; Luật Tố cáo 2018 Đ8, Đ56) share no hash with others, so that no look-up of an open petition ever meets
one, and nobody can try words on the table without the key ring. Whoever holds the key ring *and* the database can: so
can they open the contents themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, union_all

from petitions import copies, matters
from storage.book import insert_new
from storage.cases import Cases
from storage.prepared import Prepared
from storage.records import Filing, PetitionContent, PetitionRecord
from storage.schema import petitions, similarities

LOOKED_UP: Final = copies.SKETCH + matters.TERMS
"""Hashes of one look-up."""
NEWEST: Final = 48
"""Petitions read for a hash, the newest ones: a hash of more says little, and the cost stays flat."""
OPENED: Final = 16
"""Candidates whose contents are opened and compared."""
_NO_HASH: Final = -1
_SKETCH_HASH: Final = 1000.0
"""Counts for the order of candidates: two hashes of a sketch go before all terms."""


def _newest(place: int) -> Any:
    found = (
        select(similarities.c.hash, similarities.c.petition_id)
        .where(similarities.c.hash == bindparam(f"h{place}"))
        .order_by(similarities.c.petition_id.desc())
        .limit(NEWEST)
        .subquery()
    )
    return select(found.c.hash, found.c.petition_id)


_ALL_NEWEST: Final = union_all(*(_newest(place) for place in range(LOOKED_UP)))
_LOOK_UP: Final = Prepared(_ALL_NEWEST)
_KEEP: Final = insert_new(similarities, unless=["hash", "petition_id"])
_NEXT: Final = (
    select(petitions.c.id)
    .where(petitions.c.id > bindparam("after"))
    .order_by(petitions.c.id)
    .limit(bindparam("most"))
)
_FORGET: Final = delete(similarities).where(
    similarities.c.petition_id == bindparam("of_petition"),
    similarities.c.hash.in_(bindparam("hashes", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """Another petition that may be the same. `reason`: words both have, for officers who may read both."""

    petition: PetitionRecord
    score: float
    copy: bool
    """The text itself is the same, whole or with changes; else it may be the same matter in other words."""
    reason: tuple[str, ...]
    place: str
    """Where it happened, as its petitioner told; never logged."""


class Similarities(Cases):
    """What is kept of every petition to find others like it, and the look-up."""

    def file(self, filing: Filing) -> PetitionRecord:
        """As `Cases.file`; the hashes are kept in the same transaction."""
        petition = super().file(filing)
        self._keep(petition, filing.content)
        return petition

    def seal_similar(self, before: PetitionRecord, after: PetitionRecord) -> None:
        """A case was sealed, or opened again: its hashes move to the other key. Raises `keys.CannotOpen`."""
        if before.confidential == after.confidential:
            return
        content = self.content(after)
        hashes = [*self.hashes_of(content, topic=before.topic, sealed=before.confidential)]
        if hashes:
            self.connection.execute(_FORGET, {"of_petition": after.id, "hashes": hashes})
        self._keep(after, content)

    def similar_to(self, petition: PetitionRecord, *, most: int = matters.SUGGESTED) -> list[SimilarCase]:
        """Other petitions of the agency that may be copies of this one or on its matter, the likeliest first;
        sealed ones only to a sealed one. Raises `keys.CannotOpen`."""
        found = self.similar(
            self.content(petition),
            topic=petition.topic,
            sealed=petition.confidential,
            most=most + 1,
        )
        return [each for each in found if each.petition.id != petition.id][:most]

    def similar(
        self,
        content: PetitionContent,
        *,
        topic: str | None,
        sealed: bool = False,
        most: int = matters.SUGGESTED,
    ) -> list[SimilarCase]:
        """As `similar_to`, for a petition that is not filed yet. Raises `keys.CannotOpen`."""
        hashes = self.hashes_of(content, topic=topic, sealed=sealed)
        others = {
            place: other
            for place, other in self.petitions_by_id(self.candidates(hashes)).items()
            if other.confidential == sealed and other.agency == self.agency
        }
        rarity, text = matters.packaged_rarity(), words_of(content)
        own, told = copies.read(text), _told(text, content, topic)
        length, found = rarity.length(told), []
        for place, that in self.contents([*others]).items():
            other = others[place]
            that_text = words_of(that)
            that_told = _told(that_text, that, other.topic)
            score = matters.score(told, that_told, rarity, length=length)
            copy = copies.are_copies(own, copies.read(that_text))
            if copy or score >= matters.ENOUGH:
                reason = matters.reason(told, that_told, rarity)
                found.append(SimilarCase(other, score, copy, reason, that.place))
        return sorted(found, key=lambda each: (not each.copy, -each.score, each.petition.id))[:most]

    def remember_similar(self, *, after: int = 0, most: int = 500) -> int | None:
        """Keeps the hashes of petitions filed before they were kept, from the first past `after`; done again it
        changes nothing. Gives the last one looked at, None where there is none. Raises `keys.CannotOpen`."""
        found = [row.id for row in self.connection.execute(_NEXT, {"after": after, "most": most})]
        contents = self.contents(found)
        for petition in self.petitions_by_id(found).values():
            if petition.agency == self.agency:
                self._keep(petition, contents[petition.id])
        return found[-1] if found else None

    def candidates(self, hashes: Mapping[int, float], *, most: int = OPENED) -> list[int]:
        """The petitions that share most of the hashes, by their weights. At most `LOOKED_UP` hashes count."""
        asked = [*hashes][:LOOKED_UP]
        if not asked:
            return []
        padded = asked + [_NO_HASH] * (LOOKED_UP - len(asked))
        rows = _LOOK_UP.rows(self.connection, {f"h{place}": value for place, value in enumerate(padded)})
        shared: dict[int, float] = {}
        for row in rows:
            shared[row.petition_id] = shared.get(row.petition_id, 0.0) + hashes[row.hash]
        return sorted(shared, key=lambda petition: (-shared[petition], -petition))[:most]

    def _keep(self, petition: PetitionRecord, content: PetitionContent) -> None:
        hashes = self.hashes_of(content, topic=petition.topic, sealed=petition.confidential)
        _KEEP.run_many(
            self.connection,
            [{"hash": value, "petition_id": petition.id, "agency": self.agency} for value in sorted(hashes)],
        )

    def hashes_of(self, content: PetitionContent, *, topic: str | None, sealed: bool) -> dict[int, float]:
        """The hashes of a petition with the weight of each; at most `LOOKED_UP`."""
        key = self.vault.fingerprint("similar", f"{self.agency}|{'sealed' if sealed else 'open'}".encode())
        text = words_of(content)
        sketch = dict.fromkeys(copies.sketch(copies.read(text), key), _SKETCH_HASH)
        told = _told(text, content, topic)
        return sketch | matters.term_hashes(told, key, matters.packaged_rarity())


def words_of(content: PetitionContent) -> str:
    """What is compared: the story. Names, phones and addresses of the petitioner have fields of their own."""
    return "\n".join(content.story)


def _told(text: str, content: PetitionContent, topic: str | None) -> matters.Told:
    return matters.read(text, topic=topic, place=content.place)
