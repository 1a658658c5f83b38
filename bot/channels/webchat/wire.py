"""The web chat's messages as JSON: what the page sends, and what it is shown.

The page sends one object per message: `id` (a UUID it made, so that a repeated request is no second message),
and exactly one of `text`, `choice` {token, ref}, `location` {latitude, longitude}, `contact` {phone, name}.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from handlers import messages
from handlers.messages import FileKind, IncomingFile, Outgoing
from handlers.turn import outgoing_to_data
from petitions.text import clean
from storage.webchat import Direction, WebMessage

LONGEST_TEXT: Final = 20_000
"""Characters of one message; longer stories come in several or as a file."""
_COMMAND: Final = re.compile(r"/([A-Za-z][A-Za-z0-9_]{0,31})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_MOST_TOKENS: Final = 400


class EmptyText(ValueError):
    """Nothing visible was typed."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ChoiceIn(_Strict):
    """A press on a button of the message numbered `ref`."""

    token: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
    ref: Annotated[int, Field(ge=1, le=2**31)]


class LocationIn(_Strict):
    """A place in degrees (WGS 84)."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class ContactIn(_Strict):
    """A telephone number given as such; the web proves nothing, so it is never the sender's `own`."""

    phone: Annotated[str, Field(min_length=3, max_length=40), AfterValidator(clean)]
    name: Annotated[str, Field(max_length=200), AfterValidator(clean)] = ""


class MessageIn(_Strict):
    """What the page posts."""

    id: UUID
    text: Annotated[str, Field(max_length=LONGEST_TEXT * 2)] | None = None
    choice: ChoiceIn | None = None
    location: LocationIn | None = None
    contact: ContactIn | None = None

    @model_validator(mode="after")
    def _one_content(self) -> MessageIn:
        given = (self.text, self.choice, self.location, self.contact)
        if sum(part is not None for part in given) != 1:
            raise ValueError("exactly one of text, choice, location, contact")
        return self


def said(message: MessageIn, label: str = "") -> dict[str, Any]:
    """The visitor's message as its row keeps it. `label`: what the pressed button said. Raises EmptyText."""
    if message.choice is not None:
        return {"text": label, "pressed": {"token": message.choice.token, "ref": message.choice.ref}}
    if message.location is not None:
        return {"location": [message.location.latitude, message.location.longitude]}
    if message.contact is not None:
        return {"contact": {"phone": message.contact.phone, "name": message.contact.name}}
    text = clean(message.text or "")
    if not text:
        raise EmptyText
    return {"text": text}


def said_files(files: list[IncomingFile], caption: str) -> dict[str, Any]:
    """A message with files as its row keeps it; `spool` is where their bytes wait."""
    return {
        "text": caption,
        "files": [
            {
                "name": file.name,
                "mime": file.mime,
                "size": file.size,
                "kind": file.kind.value,
                "spool": file.platform_id,
            }
            for file in files
        ],
    }


def content_of(body: dict[str, Any], chat: str, client_id: str) -> messages.Content:
    """What the dialogue is given of a visitor's message, from its row."""
    if "pressed" in body:
        pressed = body["pressed"]
        callback = f"{chat}/{client_id}"
        return messages.Choice(token=pressed["token"], message_ref=str(pressed["ref"]), callback_id=callback)
    if "location" in body:
        latitude, longitude = body["location"]
        return messages.Location(latitude=latitude, longitude=longitude)
    if "contact" in body:
        return messages.Contact(phone=body["contact"]["phone"], name=body["contact"]["name"])
    if "files" in body:
        return messages.Files(files=tuple(_file(file) for file in body["files"]), caption=body["text"])
    command = _COMMAND.fullmatch(body["text"])
    if command is not None:
        name, argument = command.groups()
        return messages.Command(name=name.lower(), argument=(argument or "").strip())
    return messages.Text(text=body["text"])


def _file(known: dict[str, Any]) -> IncomingFile:
    return IncomingFile(
        kind=FileKind(known["kind"]),
        platform_id=known["spool"],
        unique_id=known["spool"],
        name=known["name"],
        mime=known["mime"],
        size=known["size"],
    )


def answered(
    message: Outgoing, attachment: dict[str, Any] | None = None, earlier: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The office's message as its row keeps it; never the receipt's secret.

    `offered` holds every token that ever stood under it, `earlier` is the body it replaces.
    """
    body = outgoing_to_data(message)
    body.pop("file", None)
    if attachment is not None:
        body["file"] = attachment
    elif earlier is not None and "file" in earlier:
        body["file"] = earlier["file"]
    tokens = [button.token for row in message.rows for button in row if button.token]
    before = [token for token in (earlier or {}).get("offered", []) if token not in tokens]
    if tokens or before:
        body["offered"] = [*tokens, *before][:_MOST_TOKENS]
    return body


def button_label(body: dict[str, Any], token: str) -> str | None:
    """What the button with `token` says, "" when it stood there before an edit, None when it never did."""
    for row in body.get("rows", ()):
        for button in row:
            if button.get("token") == token:
                return str(button.get("label", ""))
    return "" if token in body.get("offered", ()) else None


def shown(message: WebMessage) -> dict[str, Any]:
    """A message as the page is given it."""
    body = {name: value for name, value in message.body.items() if name != "offered"}
    if "files" in body:
        body["files"] = [{key: file[key] for key in ("name", "mime", "size")} for file in body["files"]]
    known: dict[str, Any] = {
        "seq": message.seq,
        "changed": message.changed,
        "from": "me" if message.direction is Direction.IN else "office",
        "at": message.sent_at.isoformat(timespec="seconds"),
        **body,
    }
    if message.client_id:
        known["id"] = message.client_id
    if message.edited_at is not None:
        known["edited"] = message.edited_at.isoformat(timespec="seconds")
    if message.file_key:
        known["file"] = {**body.get("file", {}), "url": f"/chat/files/{message.seq}"}
    return known
