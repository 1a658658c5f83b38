"""Officers' search: what is kept of each open petition so that its words can be found, and the look-ups.

Kept are keyed hashes of the folded words of the story, of every two that follow each other, and of the petitioner's
name, in a table of their own. The key is made of the key ring and the agency, so that nobody tries words on the table
without the key ring. A sealed case (tố cáo, or kept secret; Luật Tố cáo 2018 Đ8, Đ56) and a withdrawn one have no
words there at all. `docs/search.md` says what the table reveals all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select

from petitions.kinds import Action, Stage
from petitions.search_terms import terms_of, words_of
from petitions.transitions import SEALED_KINDS
from storage.book import insert_new
from storage.ids import first_id_of
from storage.keys import CannotOpen
from storage.prepared import Prepared
from storage.records import Filing, PetitionContent, PetitionRecord
from storage.schema import petitions, registers, search_words
from storage.search_rows import Rows
from storage.similar import Similarities

SHARE: Final = 5
"""A word in more than one petition of so many is common: it finds nothing alone."""
ALWAYS_RARE, ALWAYS_COMMON = 200, 20_000
"""Petitions up to which a word is never common, and from which on it always is: the cost stays flat."""
_LEADS: Final = 1_000
"""Petitions of a word up to which it matters which word leads."""
_FIRST_PAGE: Final = 32
"""Petitions looked at in the first step; each further one looks at four times as many, up to `_PAGE`."""
_PAGE: Final = 400
LOOKED_AT: Final = 20_000
"""Petitions looked at for one search; beyond that it says that there may be more."""
_HIGHEST: Final = 2**63 - 1

_KEEP: Final = insert_new(search_words, unless=["hash", "petition_id"])
_FORGET: Final = delete(search_words).where(
    search_words.c.petition_id == bindparam("of_petition"), search_words.c.hash != bindparam("mark")
)
_HOW_OFTEN: Final = Prepared(
    select(func.count().label("often")).select_from(
        select(search_words.c.petition_id)
        .where(search_words.c.hash == bindparam("hash"))
        .limit(bindparam("most"))
        .subquery()
    )
)
_FILED: Final = select(func.coalesce(func.sum(registers.c.last_no), 0)).where(
    registers.c.agency == bindparam("agency")
)
_LOWEST_SEEN: Final = Prepared(
    select(search_words.c.petition_id)
    .where(search_words.c.hash == bindparam("hash"))
    .order_by(search_words.c.petition_id)
    .limit(1)
)
_SEEN: Final = Prepared(
    select(search_words.c.petition_id).where(
        search_words.c.hash == bindparam("hash"), search_words.c.petition_id == bindparam("petition_id")
    )
)
_OLDER: Final = (
    select(petitions.c.id)
    .where(petitions.c.id < bindparam("below"), petitions.c.agency.concat("") == bindparam("agency"))
    .order_by(petitions.c.id.desc())
    .limit(bindparam("most"))
)
"""Down the ids; no index of the agency serves this, and SQLite would take one and sort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Everything given must fit; empty fits all."""

    words: tuple[str, ...] = ()
    """Words and pairs of words (`petitions.search_terms`)."""
    names: tuple[str, ...] = ()
    """Folded words of the petitioner's name."""
    phone: str = ""
    """Canonical form."""
    code: str = ""
    """The beginning of a tracking code, canonical."""
    number: str = ""
    """A register number, digits without leading zeros."""
    begins: bool = True
    """Whether `number` is only the beginning of one."""
    book: str = ""
    """The first letters of the book's words, as offices write them after the number ("PA")."""
    year: int | None = None
    units: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    topics: tuple[str, ...] = ()
    since: datetime | None = None
    """Filed at this moment or later."""
    until: datetime | None = None
    """Filed before this moment."""
    own_units: tuple[str, ...] | None = None
    """Given: only petitions of these units or of `own_officer`. It makes a search shorter; rights are checked by the
    caller with each petition."""
    own_officer: int | None = None

    @property
    def by_sign(self) -> bool:
        """By tracking code or register number and nothing that was told: only then a sealed case may be found."""
        told = self.words or self.names or self.phone or self.topics
        return bool(self.code or self.number) and not told


@dataclass(frozen=True, slots=True)
class Usable:
    """Words sorted by how often they occur."""

    kept: tuple[str, ...]
    """The rarest first."""
    common: tuple[str, ...]


class Search(Similarities):
    """Keeping what is searched, in the transaction that changes a petition, and finding."""

    def file(self, filing: Filing) -> PetitionRecord:
        """As `Similarities.file`; its words become searchable in the same transaction."""
        petition = super().file(filing)
        self._keep_words(petition.id, hashed(filing.content) if is_searchable(petition) else ())
        return petition

    def record(self, petition: PetitionRecord, **given: Any) -> PetitionRecord:
        """As `Events.record`; a petition that is sealed or withdrawn is not found by its words any more, one that is
        opened again is, with all that was added to it."""
        after = super().record(petition, **given)
        opened_or_shut = is_searchable(petition) != is_searchable(after)
        adds = given["action"] is Action.CITIZEN_ADDS and is_searchable(after)
        if not (opened_or_shut or adds) or not self._is_indexed(after.id):
            return after
        if opened_or_shut:
            self.index_words(after)
        else:
            added = terms_of(str(given["content"].get("text", "")))
            self._keep_words(after.id, [_word(term) for term in added])
        return after

    def index_words(self, petition: PetitionRecord) -> None:
        """Keeps what belongs to the petition as it is, and nothing else. Raises `keys.CannotOpen`."""
        self.forget_words(petition.id)
        kept: list[str] = []
        if is_searchable(petition):
            kept = [*hashed(self.content(petition))]
            for event in self.events(petition.id):
                if event.action is Action.CITIZEN_ADDS:
                    kept += [_word(term) for term in terms_of(str(event.content.get("text", "")))]
        self._keep_words(petition.id, kept)

    def forget_words(self, petition_id: int) -> None:
        """Takes all words of a petition away; the mark that it was looked at stays."""
        values = {"of_petition": petition_id, "mark": self._mark}
        self.connection.execute(_FORGET, values)

    def unindexed(self, *, most: int = 1) -> list[int]:
        """Petitions filed before words were kept, the newest first. They are taken from there downwards, so that
        the lowest one marked tells where to go on."""
        lowest = _LOWEST_SEEN.first(self.connection, {"hash": self._mark})
        below = _HIGHEST if lowest is None else lowest.petition_id
        values = {"below": below, "agency": self.agency, "most": most}
        return list(self.connection.execute(_OLDER, values).scalars())

    def index_older(self, *, most: int = 20) -> tuple[int, int]:
        """Makes some petitions of before searchable: how many were looked at, and how many cannot be opened."""
        places, unreadable = self.unindexed(most=most), 0
        for place in places:
            petition = self.petition(place, lock=True)
            if petition is None:
                continue
            try:
                self.index_words(petition)
            except CannotOpen:
                self._keep_words(place, ())
                unreadable += 1
        return len(places), unreadable

    # --- finding

    def usable(self, words: Sequence[str]) -> Usable:
        """Which of these words and pairs tell petitions apart."""
        filed = self.connection.execute(_FILED, {"agency": self.agency}).scalar_one()
        most = min(ALWAYS_COMMON, max(ALWAYS_RARE, filed // SHARE))
        often = {word: self._how_often(_word(word), most) for word in dict.fromkeys(words)}
        kept = sorted((word for word in often if often[word] <= most), key=lambda word: often[word])
        return Usable(tuple(kept), tuple(word for word in often if often[word] > most))

    def rows_of(self, wanted: Wanted) -> Rows:
        """The petitions that fit, newest first, to be read a page at a time. Of words that are no rare ones the first
        leads: they should come as `usable` gives them."""
        terms = [_word(word) for word in wanted.words] + [_name(word) for word in wanted.names]
        often = sorted(((self._how_often(term, _LEADS), term) for term in terms), key=lambda each: each[0])
        return Rows(
            self.connection,
            agency=self.agency,
            wanted=wanted,
            hashes=[self._word_hash(term) for _, term in often],
            phone_hash=self._phone_hash(wanted.phone) if wanted.phone else None,
        )

    def find_cases(
        self, wanted: Wanted, may: Callable[[PetitionRecord], bool], *, most: int, below: int | None = None
    ) -> tuple[list[PetitionRecord], int | None]:
        """At most `most` petitions that fit and of which `may(petition)` is true, newest first; and `below` for those
        after them, None where there are surely no more."""
        found: list[PetitionRecord] = []
        looked, size, rows = 0, _FIRST_PAGE, self.rows_of(wanted)
        top = _HIGHEST if wanted.until is None else first_id_of(wanted.until)
        below = top if below is None else min(below, top)
        while looked < LOOKED_AT:
            page = rows.page(below, most=size)
            for petition in rows.fitting(page):
                if may(petition):
                    if len(found) == most:
                        return found, found[-1].id
                    found.append(petition)
            if len(page) < size:
                return found, None
            looked, below, size = looked + len(page), page[-1], min(size * 4, _PAGE)
        return found, below

    # --- inside

    def _how_often(self, term: str, most: int) -> int:
        values = {"hash": self._word_hash(term), "most": most + 1}
        [row] = _HOW_OFTEN.rows(self.connection, values)
        return int(row.often)

    def _is_indexed(self, petition_id: int) -> bool:
        """Whether a petition was looked at. One of before is left to `index_older`, which goes downwards from the
        lowest that was: marked out of turn, it would end that walk."""
        return _SEEN.first(self.connection, {"hash": self._mark, "petition_id": petition_id}) is not None

    def word_hashes(self, terms: Iterable[str]) -> set[int]:
        """What is kept for a petition with these terms (`hashed`), the mark that it was looked at among them."""
        return {self._mark, *(self._word_hash(term) for term in terms)}

    def _keep_words(self, petition_id: int, terms: Iterable[str]) -> None:
        _KEEP.run_many(
            self.connection,
            [
                {"hash": value, "petition_id": petition_id, "agency": self.agency}
                for value in sorted(self.word_hashes(terms))
            ],
        )

    @property
    def _mark(self) -> int:
        return self._word_hash("seen|")

    def _word_hash(self, term: str) -> int:
        key = self._search_key
        digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
        return int.from_bytes(digest, "big") >> 1

    @property
    def _search_key(self) -> bytes:
        return self.vault.fingerprint("search", self.agency.encode())


def is_searchable(petition: PetitionRecord) -> bool:
    """Whether a petition may be found by its words at all."""
    sealed = petition.confidential or petition.kind in SEALED_KINDS
    return not sealed and petition.stage is not Stage.WITHDRAWN


def hashed(content: PetitionContent) -> list[str]:
    """What is kept of a petition, words and words of the name told apart."""
    texts = (*content.story, content.request, content.place)
    terms = {term for text in texts for term in terms_of(text)}
    return [*map(_word, terms), *map(_name, words_of(content.name))]


def _word(term: str) -> str:
    return f"word|{term}"


def _name(word: str) -> str:
    return f"name|{word}"
