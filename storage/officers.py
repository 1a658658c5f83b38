"""Officers, the chats linked to them, and the invitations that link them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from petitions.codes import random_letters, signs_of
from petitions.kinds import Role
from storage.contacts import Contacts
from storage.prepared import Prepared
from storage.records import ContactRecord, GroupBound, InviteRecord, OfficerRecord
from storage.schema import contacts, invites, officers

_TOKEN_LETTERS: Final = 20

_OFFICERS: Final = select(officers).order_by(officers.c.id)
_BY_ID: Final = Prepared(select(officers).where(officers.c.id == bindparam("officer_id")))
_OF_CONTACT: Final = Prepared(
    select(officers)
    .join(contacts, contacts.c.officer_id == officers.c.id)
    .where(contacts.c.id == bindparam("contact_id"), officers.c.active.is_(True))
)
_CHATS_OF_ONE: Final = Prepared(
    select(contacts.c.id).where(contacts.c.officer_id == bindparam("officer_id")).order_by(contacts.c.id)
)
_CHATS: Final = (
    select(contacts.c.officer_id, contacts.c.id)
    .where(contacts.c.officer_id.in_(bindparam("officer_ids", expanding=True)))
    .order_by(contacts.c.id)
)
_WAYS: Final = (
    select(officers.c.id, officers.c.unit, officers.c.role, contacts.c.channel, contacts.c.seen_at)
    .join(contacts, contacts.c.officer_id == officers.c.id)
    .where(
        officers.c.agency == bindparam("agency"),
        officers.c.active.is_(True),
        contacts.c.is_group.is_(False),
        contacts.c.blocked_at.is_(None),
    )
    .order_by(officers.c.id, contacts.c.id)
)
_INSERT_OFFICER: Final = insert(officers)
_INSERT_INVITE: Final = insert(invites)
_INVITE_BY_TOKEN: Final = (
    select(invites)
    .where(invites.c.agency == bindparam("agency"), invites.c.token_hash == bindparam("token_hash"))
    .with_for_update()
)
_USE_INVITE: Final = (
    update(invites)
    .where(invites.c.id == bindparam("invite_id"))
    .values(used_at=bindparam("now"), used_by=bindparam("contact_id"))
)


class Way(NamedTuple):
    """One open private chat of an active officer."""

    officer_id: int
    unit: str
    role: Role
    channel: str
    seen_at: datetime | None


def ways_to(connection: Connection, agency: str) -> list[Way]:
    """By which channels each active officer can be reached; names and addresses stay sealed."""
    return [Way(*row) for row in connection.execute(_WAYS, {"agency": agency})]


@unique
class InviteFault(StrEnum):
    """Why an invitation is not taken."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    WRONG_CHAT = "wrong_chat"
    """A group's invitation in a private chat, or the other way round."""
    ALREADY_LINKED = "already_linked"
    """This chat belongs to an officer already."""


class InviteRefused(Exception):
    """The invitation cannot be taken here; `code` says why. It stays as it was."""

    def __init__(self, code: InviteFault) -> None:
        super().__init__(code.value)
        self.code = code


class Officers(Contacts):
    """Who works here, and by which chats they are reached."""

    def officer(self, officer_id: int) -> OfficerRecord | None:
        """An officer, also one who has left."""
        row = _BY_ID.first(self.connection, {"officer_id": officer_id})
        return None if row is None else self._officer_records([row])[0]

    def officer_of_contact(self, contact_id: int) -> OfficerRecord | None:
        """The active officer this chat is linked to."""
        row = _OF_CONTACT.first(self.connection, {"contact_id": contact_id})
        return None if row is None else self._officer_records([row])[0]

    def officer_of_chat(self, channel: str, account: str, chat: str) -> OfficerRecord | None:
        """The active officer linked to a private chat; for a press in a group, by the presser's own chat."""
        contact = self.contact(channel, account, chat)
        return None if contact is None else self.officer_of_contact(contact.id)

    def officers(
        self,
        unit: str | None = None,
        roles: Collection[Role] | None = None,
        active: bool | None = True,
    ) -> list[OfficerRecord]:
        """The office's officers, longest there first. None leaves a condition out."""
        statement = _OFFICERS.where(officers.c.agency == self.agency)
        if unit is not None:
            statement = statement.where(officers.c.unit == unit)
        if roles is not None:
            statement = statement.where(officers.c.role.in_(list(roles)))
        if active is not None:
            statement = statement.where(officers.c.active.is_(active))
        return self._officer_records(self.connection.execute(statement).all())

    def invite(
        self,
        unit: str,
        role: Role | None,
        name: str,
        expires: datetime,
        *,
        for_group: bool = False,
        officer_id: int | None = None,
    ) -> tuple[InviteRecord, str]:
        """Invites a person to a role in a unit, or (`for_group`) a group to be the unit's.

        `officer_id`: the officer links one more chat instead of becoming a new one. The token (100 random
        bits) is given once; only its keyed hash is stored.
        """
        if (role is None) != for_group:
            raise ValueError("a person is invited to a role, a group to none")
        invite_id, token = self.ids.new(), random_letters(self.ids.random, _TOKEN_LETTERS)
        self.connection.execute(
            _INSERT_INVITE,
            {
                "id": invite_id,
                "agency": self.agency,
                "token_hash": self._token_hash(token),
                "unit": unit,
                "role": role,
                "name_enc": self.vault.seal_text(name, table="invites", column="name_enc", row=invite_id),
                "for_group": for_group,
                "officer_id": officer_id,
                "created_at": self.now(),
                "expires_at": expires,
            },
        )
        record = InviteRecord(
            id=invite_id,
            unit=unit,
            role=role,
            name=name,
            for_group=for_group,
            officer_id=officer_id,
            expires_at=expires,
            used_at=None,
        )
        return record, token

    def accept_invite(self, token: str, contact_id: int) -> OfficerRecord | GroupBound:
        """Takes an invitation in a chat, once. Raises InviteRefused."""
        values = {"agency": self.agency, "token_hash": self._token_hash(token)}
        row = self.connection.execute(_INVITE_BY_TOKEN, values).first()
        contact = self.contact_by_id(contact_id)
        now = self.now()
        if row is None or contact is None:
            raise InviteRefused(InviteFault.UNKNOWN)
        if row.used_at is not None:
            raise InviteRefused(InviteFault.USED)
        if row.expires_at <= now:
            raise InviteRefused(InviteFault.EXPIRED)
        if row.for_group != contact.is_group:
            raise InviteRefused(InviteFault.WRONG_CHAT)
        if not row.for_group and self.officer_of_contact(contact_id) is not None:
            raise InviteRefused(InviteFault.ALREADY_LINKED)
        self.connection.execute(_USE_INVITE, {"invite_id": row.id, "now": now, "contact_id": contact_id})
        if row.for_group:
            self.bind_group(contact_id, row.unit)
            return GroupBound(contact_id, row.unit)
        return self._link(row, contact, now)

    def set_absent(
        self,
        officer_id: int,
        until: datetime | None,
        deputy: int | None,
        *,
        since: datetime | None = None,
    ) -> None:
        """The officer is away from `since` (None: now) until `until`, and `deputy` (an officer's id) stands in.

        `until` None: is back.
        """
        self.connection.execute(
            update(officers)
            .where(officers.c.id == officer_id, officers.c.agency == self.agency)
            .values(absent_from=since, absent_until=until, deputy_id=deputy)
        )

    def remove_officer(self, officer_id: int) -> None:
        """The officer leaves: the chats are unlinked at once, what was done stays under the name."""
        self.connection.execute(
            update(officers)
            .where(officers.c.id == officer_id, officers.c.agency == self.agency)
            .values(active=False, removed_at=self.now(), absent_from=None, absent_until=None, deputy_id=None)
        )
        self.connection.execute(
            update(contacts)
            .where(contacts.c.officer_id == officer_id, contacts.c.agency == self.agency)
            .values(officer_id=None)
        )

    def _link(self, invite: Row[Any], contact: ContactRecord, now: datetime) -> OfficerRecord:
        officer_id = invite.officer_id
        if officer_id is None:
            officer_id = self.ids.new()
            name = self.vault.open_text(invite.name_enc, table="invites", column="name_enc", row=invite.id)
            self.connection.execute(
                _INSERT_OFFICER,
                {
                    "id": officer_id,
                    "agency": self.agency,
                    "unit": invite.unit,
                    "role": invite.role,
                    "name_enc": self.vault.seal_text(
                        name, table="officers", column="name_enc", row=officer_id
                    ),
                    "created_at": now,
                },
            )
        self._change(contact.id, officer_id=officer_id)
        [row] = _BY_ID.rows(self.connection, {"officer_id": officer_id})
        return self._officer_records([row])[0]

    def _officer_records(self, rows: Sequence[Row[Any]]) -> list[OfficerRecord]:
        chats: dict[int, list[int]] = {row.id: [] for row in rows}
        if len(rows) == 1:
            of_one = {"officer_id": rows[0].id}
            chats[rows[0].id] = [found.id for found in _CHATS_OF_ONE.rows(self.connection, of_one)]
        elif chats:
            for officer_id, contact_id in self.connection.execute(_CHATS, {"officer_ids": list(chats)}):
                chats[officer_id].append(contact_id)
        return [
            OfficerRecord(
                id=row.id,
                unit=row.unit,
                role=row.role,
                name=self.vault.open_text(row.name_enc, table="officers", column="name_enc", row=row.id),
                active=row.active,
                absent_from=row.absent_from,
                absent_until=row.absent_until,
                deputy_id=row.deputy_id,
                contact_ids=tuple(chats[row.id]),
            )
            for row in rows
        ]

    def _token_hash(self, token: str) -> bytes:
        """Case, spaces and dashes do not matter; O is read as 0, I and L as 1."""
        return self.vault.blind("invite", signs_of(token))
