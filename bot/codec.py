"""`Incoming` as JSON and back: for dead letters and for updates that are kept before they are handled."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from handlers import messages
from handlers.messages import Content, FileKind, Incoming, IncomingFile, MembershipChange

_CONTENTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        messages.Text,
        messages.Command,
        messages.Choice,
        messages.Files,
        messages.Location,
        messages.Contact,
        messages.Edit,
        messages.Membership,
        messages.Migrated,
        messages.Unusable,
        messages.Takeover,
        messages.Arrived,
        messages.Withdrawn,
    )
}


def dump(incoming: Incoming) -> bytes:
    """`incoming` as JSON bytes; `load` gives an equal value back."""
    data = asdict(incoming)
    data["at"] = incoming.at.isoformat()
    data["content_kind"] = type(incoming.content).__name__
    # ASCII only: what came in may hold halves of surrogate pairs, which no encoding takes.
    return json.dumps(data, separators=(",", ":")).encode()


def load(raw: bytes) -> Incoming:
    """The value that `dump` stored. Raises KeyError or ValueError where `raw` is none of ours."""
    data = json.loads(raw)
    kind = _CONTENTS[data.pop("content_kind")]
    data["content"] = _content(kind, data["content"])
    data["at"] = datetime.fromisoformat(data["at"])
    return Incoming(**data)


def _content(kind: type[Any], fields: dict[str, Any]) -> Content:
    if kind is messages.Files:
        fields["files"] = tuple(
            IncomingFile(**{**file, "kind": FileKind(file["kind"])}) for file in fields["files"]
        )
    if kind is messages.Membership:
        fields["change"] = MembershipChange(fields["change"])
    content: Content = kind(**fields)
    return content
