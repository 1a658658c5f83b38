"""What a person can share: photos, albums, documents, voice, places, contact cards, stickers and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import samples
from .sending import file_fields

if TYPE_CHECKING:
    from .groups import Group
    from .model import StoredFile, User
    from .phone import Shown
    from .world import World


class Sharing:
    """The part of a person that shares things; `send` posts a message made of Bot API fields."""

    _world: World
    user: User

    @property
    def id(self) -> int:
        return self.user.id

    def send(
        self,
        fields: dict[str, Any],
        *,
        chat: Group | None = None,
        anonymous: bool = False,
        reply_to: Shown | int | None = None,
        file: StoredFile | None = None,
    ) -> Shown:
        """Any message at all, from its Bot API fields."""
        raise TypeError("a person sends; see people.Person")

    def send_photo(
        self, caption: str = "", *, data: bytes | None = None, size: int | None = None, **extra: Any
    ) -> Shown:
        return self._file(
            "photo", data or samples.jpeg(seed=self._world.number()), caption, size=size, **extra
        )

    def send_document(
        self,
        name: str = "don.pdf",
        mime: str = "application/pdf",
        caption: str = "",
        *,
        data: bytes | None = None,
        size: int | None = None,
        **extra: Any,
    ) -> Shown:
        body = samples.pdf(seed=self._world.number()) if data is None else data
        return self._file("document", body, caption, name=name, mime=mime, size=size, **extra)

    def send_voice(self, seconds: int = 7, caption: str = "", **extra: Any) -> Shown:
        return self._file(
            "voice",
            samples.ogg(seed=self._world.number()),
            caption,
            mime="audio/ogg",
            details={"duration": seconds},
            **extra,
        )

    def send_video(
        self, seconds: int = 12, caption: str = "", *, size: int | None = None, **extra: Any
    ) -> Shown:
        details = {"duration": seconds, "width": 640, "height": 360}
        return self._file(
            "video",
            samples.mp4(seed=self._world.number()),
            caption,
            name="video.mp4",
            mime="video/mp4",
            size=size,
            details=details,
            **extra,
        )

    def send_video_note(self, seconds: int = 9, **extra: Any) -> Shown:
        details = {"duration": seconds, "length": 240}
        return self._file("video_note", samples.mp4(seed=self._world.number()), "", details=details, **extra)

    def send_audio(self, seconds: int = 30, caption: str = "", **extra: Any) -> Shown:
        return self._file(
            "audio",
            samples.mp3(seed=self._world.number()),
            caption,
            name="ghi-am.mp3",
            mime="audio/mpeg",
            details={"duration": seconds},
            **extra,
        )

    def _file(
        self,
        kind: str,
        data: bytes,
        caption: str,
        *,
        name: str = "",
        mime: str = "",
        size: int | None = None,
        details: dict[str, Any] | None = None,
        fields: dict[str, Any] | None = None,
        **extra: Any,
    ) -> Shown:
        file = self._world.add_file(kind, data, name=name, mime=mime, size=size)
        api = {**file_fields(self._world, kind, file, **(details or {})), **(fields or {})}
        if caption:
            api["caption"] = caption
        return self.send(api, file=file, **extra)

    def send_album(
        self, count: int = 3, caption: str = "", *, kind: str = "photo", **extra: Any
    ) -> list[Shown]:
        """`count` messages with one `media_group_id`, the caption on the first (reference 1.10)."""
        group = {"media_group_id": str(self._world.random.getrandbits(53))}
        shown = []
        for index in range(count):
            words = caption if index == 0 else ""
            if kind == "photo":
                shown.append(self.send_photo(words, fields=group, **extra))
            else:
                shown.append(self.send_document(f"tep-{index + 1}.pdf", caption=words, fields=group, **extra))
        return shown

    def send_location(self, latitude: float, longitude: float, **extra: Any) -> Shown:
        return self.send({"location": {"latitude": latitude, "longitude": longitude}}, **extra)

    def send_venue(self, latitude: float, longitude: float, title: str, address: str, **extra: Any) -> Shown:
        place = {"latitude": latitude, "longitude": longitude}
        return self.send(
            {"location": place, "venue": {"location": place, "title": title, "address": address}}, **extra
        )

    def send_contact(self, phone: str, *, own: bool = True, first_name: str = "", **extra: Any) -> Shown:
        """One's own card, or somebody else's from the address book."""
        card: dict[str, Any] = {"phone_number": phone, "first_name": first_name or self.user.first_name}
        card["user_id"] = self.id if own else 777_123_456
        return self.send({"contact": card}, **extra)

    def send_sticker(self, emoji: str = "👍", **extra: Any) -> Shown:
        file = self._world.add_file("sticker", b"RIFF\x00\x00\x00\x00WEBPVP8 ")
        sticker = {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self.send({"sticker": sticker}, **extra)

    def send_dice(self, **extra: Any) -> Shown:
        return self.send({"dice": {"emoji": "🎲", "value": 4}}, **extra)

    def send_poll(self, question: str = "?", **extra: Any) -> Shown:
        options = [{"persistent_id": str(i), "text": str(i), "voter_count": 0} for i in range(2)]
        poll = {
            "id": str(self._world.number()),
            "question": question,
            "options": options,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
        return self.send({"poll": poll}, **extra)

    def send_animation(self, **extra: Any) -> Shown:
        file = self._world.add_file("animation", samples.mp4(), name="g.mp4", mime="video/mp4")
        base = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}
        return self.send(
            {"animation": {**base, "width": 10, "height": 10, "duration": 1}, "document": base},
            file=file,
            **extra,
        )
