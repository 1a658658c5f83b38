"""Petitions in the casebook: filing, finding, and what they say."""

from __future__ import annotations

import hmac
from typing import Any, Final

from sqlalchemy import bindparam, insert, select

from petitions.codes import BadCode, TrackingCode, read_secret
from petitions.kinds import Action, Stage
from storage import chain
from storage.attachments import Attachments
from storage.book import as_record
from storage.events import CHANGES, CLOCKS, FINGERPRINT, Events, json_values
from storage.keys import to_json
from storage.prepared import Prepared
from storage.records import Filing, PetitionContent, PetitionRecord
from storage.schema import petitions

FINISHED: Final = (Stage.CLOSED, Stage.WITHDRAWN, Stage.MERGED)
"""Stages in which nobody has work left; of a merged petition its lead has it."""

_COLUMNS: Final = tuple(petitions.c[name] for name in PetitionRecord.__dataclass_fields__)
_NEWEST_FIRST: Final = select(*_COLUMNS).order_by(petitions.c.id.desc())
_ONE: Final = select(*_COLUMNS).where(petitions.c.id == bindparam("petition_id"))
_BY_ID: Final = Prepared(_ONE)
_BY_IDS: Final = select(*_COLUMNS).where(petitions.c.id.in_(bindparam("petition_ids", expanding=True)))
_BY_ID_LOCKED: Final = Prepared(_ONE.with_for_update(key_share=True))
_BY_CODE: Final = Prepared(select(*_COLUMNS).where(petitions.c.code == bindparam("code")))
_BY_CONVERSATION: Final = Prepared(
    _NEWEST_FIRST.where(petitions.c.conversation_id == bindparam("conversation_id"))
)
_BY_PHONE: Final = Prepared(_NEWEST_FIRST.where(petitions.c.phone_hash == bindparam("phone_hash")))
_CONTENT: Final = Prepared(select(petitions.c.content_enc).where(petitions.c.id == bindparam("petition_id")))
_CONTENTS: Final = select(petitions.c.id, petitions.c.content_enc).where(
    petitions.c.id.in_(bindparam("petition_ids", expanding=True))
)
_SECRET: Final = Prepared(select(petitions.c.secret_hash).where(petitions.c.id == bindparam("petition_id")))
_CODE_TAKEN: Final = Prepared(select(petitions.c.id).where(petitions.c.code == bindparam("code")))
_INSERT: Final = Prepared(insert(petitions))

_NOTHING_YET: Final[dict[str, Any]] = {
    "merged_into": None,
    "members": 0,
    "left_at": None,
    "rating": None,
    "not_satisfied_at": None,
    "withdraw_wish_at": None,
    "transfers": 0,
    "reopened": 0,
    "refusals": 0,
    "bound": False,
    "complex": False,
    "extensions": 0,
    "gaps": 0,
    "formed_on": None,
    "accepted_on": None,
    "decided_on": None,
    "effective_on": None,
    "outcome": None,
    "asked_at": None,
    "dialogue_at": None,
    "dialogue_held_at": None,
    "form_given_at": None,
    "visit_at": None,
    "gone_up_at": None,
}
"""What every petition begins with, whatever was filed."""


class Cases(Events, Attachments):
    """Filing and finding petitions."""

    def file(self, filing: Filing) -> PetitionRecord:
        """Enters a confirmed petition: number, tracking code, FILE event, first assignment, its files.

        All of it is in this transaction; the conversation must be locked in it already (lock order:
        conversation, petition, register).
        """
        now, petition_id = self.now(), filing.id or self.ids.new()
        code = filing.code or self._free_code()
        place = self._take_number(filing.kind, now)
        content = to_json(filing.content.to_json())
        event = self._event_row(
            petition_id,
            1,
            previous=chain.START,
            action=Action.FILE,
            actor=filing.actor,
            content=self._file_event(filing, code, place, content),
            now=now,
        )
        petition = PetitionRecord(
            id=petition_id,
            agency=self.agency,
            code=code,
            kind=filing.kind,
            subkind=filing.subkind,
            topic=filing.topic,
            unit=filing.unit,
            destination=filing.destination,
            officer_id=None,
            stage=Stage.RECEIVED,
            severity=filing.severity,
            confidential=filing.confidential,
            anonymous=filing.anonymous,
            discreet=filing.discreet,
            people=filing.people,
            language=filing.language,
            channel=filing.channel,
            first_message_at=filing.first_message_at,
            filed_at=now,
            due_on=filing.due_on,
            due_rule=filing.due_rule,
            register_book=place[0],
            register_year=place[1],
            register_no=place[2],
            conversation_id=filing.conversation_id,
            contact_id=filing.contact_id,
            linked_to=filing.linked_to,
            instance=filing.instance,
            remote=filing.remote,
            against=filing.against,
            accused_id=filing.accused_id,
            version=1,
            events_count=1,
            events_head=self._head(event),
            updated_at=now,
            **_NOTHING_YET,
        )
        self._write(petition, filing, content, event)
        return petition

    def petition(self, petition_id: int, *, lock: bool = False) -> PetitionRecord | None:
        """A petition; with `lock` nobody else changes it until this transaction ends."""
        statement = _BY_ID_LOCKED if lock else _BY_ID
        return self._one(statement, {"petition_id": petition_id})

    def petitions_by_id(self, petition_ids: list[int]) -> dict[int, PetitionRecord]:
        """Several petitions in one look; one that is not there is left out."""
        if not petition_ids:
            return {}
        rows = self.connection.execute(_BY_IDS, {"petition_ids": petition_ids})
        return {row.id: as_record(PetitionRecord, row) for row in rows}

    def petition_by_code(self, code: str) -> PetitionRecord | None:
        """`code` in its canonical form (`TrackingCode.value`)."""
        return self._one(_BY_CODE, {"code": code})

    def petitions_of(self, conversation_id: int) -> list[PetitionRecord]:
        """The petitions filed in a conversation, newest first."""
        return self._many(_BY_CONVERSATION, {"conversation_id": conversation_id})

    def petitions_by_phone(self, phone: str) -> list[PetitionRecord]:
        """Petitions that gave exactly this phone number (canonical form), newest first."""
        return self._many(_BY_PHONE, {"phone_hash": self._phone_hash(phone)})

    def work_of(
        self, *, unit: str | None, officer_id: int | None, open_only: bool = True, limit: int = 50
    ) -> list[PetitionRecord]:
        """Petitions of a unit, of an officer, or of both at once; the soonest date first."""
        statement = select(*_COLUMNS).where(petitions.c.agency == self.agency)
        if unit is not None:
            statement = statement.where(petitions.c.unit == unit)
        if officer_id is not None:
            statement = statement.where(petitions.c.officer_id == officer_id)
        if open_only:
            statement = statement.where(petitions.c.stage.not_in(FINISHED), petitions.c.merged_into.is_(None))
        statement = statement.order_by(petitions.c.due_on.asc().nulls_last(), petitions.c.id).limit(limit)
        return [as_record(PetitionRecord, row) for row in self.connection.execute(statement)]

    def content(self, petition: PetitionRecord) -> PetitionContent:
        """What the citizen said when filing. Raises `keys.CannotOpen`."""
        [row] = _CONTENT.rows(self.connection, {"petition_id": petition.id})
        return self._opened(petition.id, row.content_enc)

    def contents(self, petition_ids: list[int]) -> dict[int, PetitionContent]:
        """What was said in several petitions, in one look. Raises `keys.CannotOpen`."""
        if not petition_ids:
            return {}
        rows = self.connection.execute(_CONTENTS, {"petition_ids": petition_ids})
        return {row.id: self._opened(row.id, row.content_enc) for row in rows}

    def _opened(self, petition_id: int, sealed: bytes) -> PetitionContent:
        values = self.vault.open_json(sealed, table="petitions", column="content_enc", row=petition_id)
        return PetitionContent.from_json(values)

    def check_secret(self, petition: PetitionRecord, typed: str) -> bool:
        """Whether `typed` is the secret on this petition's receipt. Guessing is throttled by the caller."""
        try:
            secret = read_secret(typed)
        except BadCode:
            return False
        [row] = _SECRET.rows(self.connection, {"petition_id": petition.id})
        kept = row.secret_hash
        return kept is not None and hmac.compare_digest(kept, self._secret_hash(petition.id, secret))

    def _free_code(self) -> str:
        while True:
            code = TrackingCode.generate(self.ids.random).value
            if _CODE_TAKEN.first(self.connection, {"code": code}) is None:
                return code

    def _file_event(
        self, filing: Filing, code: str, place: tuple[str, int, int], content: bytes
    ) -> dict[str, Any]:
        """The FILE event also binds what the row begins with: `verify` sees a change of the row itself."""
        begins = {
            "code": code,
            "kind": filing.kind,
            "unit": filing.unit,
            "destination": filing.destination,
            "stage": Stage.RECEIVED,
            "officer_id": None,
            "register_book": place[0],
            "register_year": place[1],
            "register_no": place[2],
            "due_on": filing.due_on,
            "due_rule": filing.due_rule,
            "instance": filing.instance,
            "against": filing.against,
            "accused_id": filing.accused_id,
        }
        fingerprint = self.vault.fingerprint("petition", content).hex()
        clocks = {CLOCKS: list(filing.operations)} if filing.operations else {}
        return {**filing.event, CHANGES: json_values(begins), FINGERPRINT: fingerprint, **clocks}

    def _write(self, petition: PetitionRecord, filing: Filing, content: bytes, event: dict[str, Any]) -> None:
        columns = {name: getattr(petition, name) for name in PetitionRecord.__dataclass_fields__}
        phone, secret = filing.content.phone, filing.secret
        _INSERT.run(
            self.connection,
            {
                **columns,
                "phone_hash": self._phone_hash(phone) if phone else None,
                "secret_hash": self._secret_hash(petition.id, read_secret(secret)) if secret else None,
                "content_enc": self.vault.seal(
                    content, table="petitions", column="content_enc", row=petition.id
                ),
            },
        )
        self._write_event(event)
        self._apply_operations(petition.id, petition.unit, None, 1, list(filing.operations))
        self._enter(
            petition.id,
            (petition.register_book, petition.register_year, petition.register_no),
            petition.filed_at,
        )
        self._assign(petition, 1, petition.filed_at)
        if petition.conversation_id is not None:
            self._has_petitions(petition.conversation_id)
        if filing.file_ids:
            self.attach_files(filing.file_ids, petition.id)

    def _phone_hash(self, phone: str) -> bytes:
        return self.vault.blind("phone", phone)

    def _secret_hash(self, petition_id: int, secret: str) -> bytes:
        """A keyed hash is enough: the secret has 80 random bits of its own."""
        return self.vault.blind("secret", f"{petition_id}|{secret}")

    def _one(self, statement: Prepared, values: dict[str, Any]) -> PetitionRecord | None:
        row = statement.first(self.connection, values)
        return None if row is None else as_record(PetitionRecord, row)

    def _many(self, statement: Prepared, values: dict[str, Any]) -> list[PetitionRecord]:
        return [as_record(PetitionRecord, row) for row in statement.rows(self.connection, values)]
