"""Messages out: renders `Outgoing`, sends it request by request, and says what became of it.

One message may take several requests. What was accepted is kept in mind, so that a repeat after a fault goes on
behind it; an answer that was lost is waited for as an echo (`echoes`) before the send is called uncertain.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.channels.base import Attachment, Never, Refusal, SendFault, SendReceipt, Uncertain
from bot.channels.sharing import FileSharer
from bot.channels.zalo_oa.client import Count, OaClient
from bot.channels.zalo_oa.echoes import Echoes
from bot.channels.zalo_oa.errors import Means, Refused, Remedy, fault_of
from bot.channels.zalo_oa.render import (
    Body,
    Form,
    TextsByLanguage,
    bodies,
    contact_card,
    document,
    forms_of,
    picture,
    recipient_of,
)
from bot.channels.zalo_oa.uploads import Uploaded, Uploads
from handlers.messages import Outgoing, Wish

log = logging.getLogger(__name__)

SEND: Final = "/v3.0/oa/message/cs"
REMEMBERED: Final = 2_000
"""Half-sent messages kept in mind; forgetting one costs a repeated piece."""
ECHO_SECONDS: Final = 4.0
"""So long the echo of a send is waited for whose answer was lost."""
MORNING: Final = time(6)
"""When the night of templates ends (reference 1.7)."""
ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
FILE_FIRST: Final = -1
"""Number of the attachment's own message among the pieces."""
FILE_REFUSED: Final = frozenset({Remedy.PLAIN, Remedy.REFUSED, Remedy.UPLOAD, Remedy.FEW_TRIES})
"""What may be meant for the file alone: it goes as a link then."""


@dataclass(slots=True)
class Progress:
    """What of one message went out, and what it was made of."""

    accepted: set[int] = field(default_factory=set)
    link: list[str] | None = None
    """Lines of a file that is given as a link; None until that is known."""
    refused: int = 0
    """How often it was refused so that another try makes sense."""


class OaSender:
    """Sends through one account.

    `texts`: language → key → text (area `channels`), the first language is the default. `image_url`: an https
    picture for the platform's own card; without one no card is sent. `time`: monotonic seconds. `now`: aware UTC.
    """

    def __init__(
        self,
        client: OaClient,
        *,
        share: FileSharer,
        texts: TextsByLanguage,
        buttons: bool,
        image_url: str,
        time: Callable[[], float],
        now: Callable[[], datetime],
        chance: Callable[[], float],
        count: Count,
    ) -> None:
        self._client = client
        self._share = share
        self._texts = texts
        self._buttons = buttons
        self._links = True
        self._image_url = image_url
        self._now = now
        self._chance = chance
        self._count = count
        self._uploads = Uploads(client, time)
        self._progress: OrderedDict[int, Progress] = OrderedDict()
        self.echoes = Echoes(time)
        self.echo_seconds = ECHO_SECONDS

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        """Send all pieces; a repeat after a fault goes on behind the pieces that were accepted.

        Raises Again, Uncertain, Never, Closed, Stop.
        """
        key = hash((chat, message, attachment.name if attachment else ""))
        progress = self._progress.get(key) or Progress()
        try:
            sent = await self._all(chat, message, attachment, key, progress)
        except SendFault as error:
            fault = self.fault(error, progress)
            if isinstance(fault, Never):  # this message will not come here again
                self._progress.pop(key, None)
            else:
                self._keep(key, progress)
            raise fault from None
        self._progress.pop(key, None)
        if Wish.CONTACT in message.wishes:
            await self._ask_contact(chat, message)
        return SendReceipt(message_ref=sent)

    def fault(self, error: SendFault, progress: Progress, *, means: Means = fault_of) -> SendFault:
        """What the error of one request means for the message."""
        if not isinstance(error, Refused):
            return error
        tries, progress.refused = progress.refused, progress.refused + 1
        minute = self._client.until_next_minute()
        return means(error, tries=tries, next_minute=minute, morning=self.morning())

    def morning(self) -> float:
        """Seconds until templates may be sent again, spread over some minutes."""
        local = self._now().astimezone(ZONE)
        begin = datetime.combine(local.date(), MORNING, ZONE)
        if local >= begin:
            begin += timedelta(days=1)
        return (begin - local).total_seconds() + 600 * self._chance()

    async def _all(
        self, chat: str, message: Outgoing, attachment: Attachment | None, key: int, progress: Progress
    ) -> str:
        sent = ""
        if attachment is not None and FILE_FIRST not in progress.accepted and progress.link is None:
            sent = await self._file(chat, attachment, key, progress)
        lines = progress.link or []
        forms = forms_of(message, buttons=self._buttons, links=self._links)
        count = len(bodies(message, forms[0], lines=lines))
        if not count and FILE_FIRST not in progress.accepted:
            raise Never("message empty", refusal=Refusal.REFUSED)
        for index in range(count):
            if index not in progress.accepted or index == count - 1:
                sent = await self._piece(chat, message, index, forms, key, progress)
        return sent

    async def _piece(
        self, chat: str, message: Outgoing, index: int, forms: list[Form], key: int, progress: Progress
    ) -> str:
        """The piece `index`, in the richest form that Zalo takes. Where links have to move into the text, the
        last piece may become two."""
        tried: Body | None = None
        last: Refused | None = None
        for number, form in enumerate(forms):
            found = bodies(message, form, lines=progress.link or [])
            rest = (
                found[index:]
                if index == len(bodies(message, forms[0], lines=progress.link or [])) - 1
                else []
            )
            rest = rest or found[index : index + 1]
            if rest[0] == tried:
                continue
            tried = rest[0]
            try:
                sent = await self._one(chat, hash((key, index)), tried)
            except Refused as refused:
                if refused.meaning.remedy is not Remedy.PLAIN:
                    raise
                last = refused
                continue
            self._learn(forms[:number], form)
            progress.accepted.add(index)
            for further, body in enumerate(rest[1:], start=index + 1):
                sent = await self._one(chat, hash((key, further)), body)
                progress.accepted.add(further)
            return sent
        raise last or Never("message empty", refusal=Refusal.REFUSED)

    def _learn(self, refused: list[Form], taken: Form) -> None:
        """What had to be left out is not offered again while this process runs."""
        if not refused:
            return
        self._count("buttons_refused" if refused[-1].buttons and not taken.buttons else "form_refused")
        if refused[-1].buttons and not taken.buttons:
            self._buttons = False
            log.warning("zalo_buttons_refused")
        elif refused[-1].links and not taken.links:
            self._links = False
            log.warning("zalo_link_buttons_refused")

    async def _file(self, chat: str, attachment: Attachment, key: int, progress: Progress) -> str:
        """Send the file itself, or find the lines that give it as a link."""
        if (uploaded := await self._upload(attachment)) is not None:
            try:
                sent = await self._uploaded(chat, attachment, uploaded, key)
            except Refused as refused:
                if refused.meaning.remedy not in FILE_REFUSED:
                    raise
                self._count("file_refused")
            else:
                progress.accepted.add(FILE_FIRST)
                self._keep(key, progress)
                return sent
        progress.link = [attachment.name, await self._share.share(attachment)]
        self._keep(key, progress)
        return ""

    async def _upload(self, attachment: Attachment) -> Uploaded | None:
        """The upload; None where the file has to go as a link. Raises Again, Stop, Refused."""
        try:
            return await self._uploads.put(attachment)
        except Refused as refused:
            if refused.meaning.remedy in (Remedy.NEXT_MINUTE, Remedy.RENEW):
                raise
            self._count("upload_refused")
        except Never as fault:
            log.warning("zalo_upload_impossible", extra={"reason": fault.reason})
        return None

    async def _uploaded(self, chat: str, attachment: Attachment, uploaded: Uploaded, key: int) -> str:
        """The message with the file; one that expired is uploaded once more."""
        piece = hash((key, FILE_FIRST))
        try:
            return await self._one(chat, piece, _file_body(uploaded))
        except Refused as refused:
            if refused.meaning.remedy is not Remedy.UPLOAD:
                raise
            self._uploads.forget(attachment)
            again = await self._upload(attachment)
            if again is None:
                raise
        return await self._one(chat, piece, _file_body(again))

    async def _one(self, chat: str, piece: int, body: Body) -> str:
        """One request; the message's id. Raises Again, Uncertain, Stop, Refused."""
        if arrived := self.echoes.arrived(chat, piece):
            self.echoes.settled(chat, piece, arrived)
            self._count("settled_by_echo")
            return arrived
        self.echoes.leaves(chat, piece, str(body.get("text", "")))
        try:
            answer = await self._client.post(SEND, {"recipient": recipient_of(chat), "message": body})
        except Uncertain:
            if arrived := await self.echoes.wait(chat, piece, self.echo_seconds):
                self.echoes.settled(chat, piece, arrived)
                self._count("settled_by_echo")
                return arrived
            self.echoes.lost(chat, piece)
            raise
        except SendFault:
            self.echoes.withdrawn(chat, piece)
            raise
        sent = _message_id(answer)
        self.echoes.settled(chat, piece, sent)
        return sent

    async def _ask_contact(self, chat: str, message: Outgoing) -> None:
        """The platform's own card; only an addition, as the number may always be typed."""
        texts = self._texts.get(message.language) or next(iter(self._texts.values()), {})
        if not self._image_url or "contact_title" not in texts:
            return
        body = {"recipient": recipient_of(chat), "message": contact_card(texts, self._image_url)}
        try:
            await self._client.post(SEND, body)
        except Refused as refused:
            if refused.meaning.remedy is Remedy.PLAIN:
                self._image_url = ""
            self._count("contact_card_refused")
        except SendFault as fault:
            log.warning("zalo_contact_card_not_sent", extra={"reason": fault.reason})

    def _keep(self, key: int, progress: Progress) -> None:
        self._progress[key] = progress
        self._progress.move_to_end(key)
        while len(self._progress) > REMEMBERED:
            self._progress.popitem(last=False)


def _file_body(uploaded: Uploaded) -> Body:
    if uploaded.kind == "file":
        return document(uploaded.reference)
    return picture(uploaded.kind, uploaded.reference, uploaded.size)


def _message_id(answer: Any) -> str:
    given = answer.get("message_id") if isinstance(answer, dict) else None
    return given if isinstance(given, str) else ""
