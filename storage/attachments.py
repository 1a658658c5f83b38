"""Files as rows: what a platform announced, what became of it, and to which petition it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, insert, select, update

from storage.book import Book
from storage.keys import Vault
from storage.records import FileRecord, FileStatus, NewFile
from storage.schema import files

_INSERT: Final = insert(files)
_IN_ORDER: Final = select(files).order_by(files.c.position, files.c.id)
_OF_PETITION: Final = _IN_ORDER.where(files.c.petition_id == bindparam("petition_id"))
_OF_CONVERSATION: Final = _IN_ORDER.where(
    files.c.conversation_id == bindparam("conversation_id"), files.c.draft.is_(True)
)
_BY_ID: Final = select(files).where(files.c.id == bindparam("file_id"))


class Attachments(Book):
    """Files as the dialogue sees them."""

    def add_file(self, file: NewFile) -> int:
        """Keeps the platform's id at once, so a crash before the download loses nothing. Gives the id."""
        file_id, now = self.ids.new(), self.now()
        album = f"{file.channel}|{file.account}|{file.album}"
        self.connection.execute(
            _INSERT,
            {
                "id": file_id,
                "agency": self.agency,
                "channel": file.channel,
                "account": file.account,
                "kind": file.kind,
                "platform_id_enc": self._sealed("platform_id_enc", file_id, file.platform_id),
                "name_enc": self._sealed("name_enc", file_id, file.name) if file.name else None,
                "caption_enc": self._sealed("caption_enc", file_id, file.caption) if file.caption else None,
                "mime": file.mime,
                "size": file.size,
                "status": FileStatus.PENDING,
                "next_at": now,
                "position": file.position,
                "album_hash": self.vault.blind("album", album) if file.album else None,
                "petition_id": file.petition_id,
                "conversation_id": file.conversation_id,
                "draft": file.draft and file.petition_id is None,
                "created_at": now,
            },
        )
        return file_id

    def file_by_id(self, file_id: int) -> FileRecord | None:
        rows = self._files(_BY_ID, {"file_id": file_id})
        return rows[0] if rows else None

    def files_of(self, petition_id: int) -> list[FileRecord]:
        """The files of a petition, in the order they were given."""
        return self._files(_OF_PETITION, {"petition_id": petition_id})

    def conversation_files(self, conversation_id: int) -> list[FileRecord]:
        """The files given in a conversation that belong to no petition yet."""
        return self._files(_OF_CONVERSATION, {"conversation_id": conversation_id})

    def attach_files(self, file_ids: Sequence[int], petition_id: int) -> None:
        """Files of the draft become the petition's; one that belongs to another petition stays there."""
        self.connection.execute(
            update(files)
            .where(files.c.id.in_(file_ids), files.c.petition_id.is_(None))
            .values(petition_id=petition_id, draft=False)
        )

    def set_purpose(self, file_ids: Sequence[int], purpose: str) -> None:
        """What these files are handed in for; they are checked for it once they are here."""
        self.connection.execute(update(files).where(files.c.id.in_(file_ids)).values(purpose=purpose))

    def set_finding(self, file_id: int, finding: dict[str, Any]) -> None:
        """What the check of a page or a signature found, kept sealed."""
        sealed = self.vault.seal_json(finding, table="files", column="finding_enc", row=file_id)
        self.connection.execute(update(files).where(files.c.id == file_id).values(finding_enc=sealed))

    def forget_files(self, file_ids: Sequence[int]) -> int:
        """Removes files of a cancelled draft; a petition's files are never touched. Gives how many."""
        return self.connection.execute(
            delete(files).where(files.c.id.in_(file_ids), files.c.petition_id.is_(None))
        ).rowcount

    def _files(self, statement: Select[Any], values: dict[str, Any]) -> list[FileRecord]:
        return [file_record(row, self.vault) for row in self.connection.execute(statement, values)]

    def _sealed(self, column: str, row: int, value: str) -> bytes:
        return self.vault.seal_text(value, table="files", column=column, row=row)


def file_record(row: Any, vault: Vault | None) -> FileRecord:
    """A row of `files`, opened; without a vault what is sealed stays empty. Raises `keys.CannotOpen`."""

    def opened(column: str) -> str:
        sealed = getattr(row, column)
        return (
            ""
            if sealed is None or vault is None
            else vault.open_text(sealed, table="files", column=column, row=row.id)
        )

    return FileRecord(
        id=row.id,
        channel=row.channel,
        account=row.account,
        kind=row.kind,
        platform_id=opened("platform_id_enc"),
        name=opened("name_enc"),
        caption=opened("caption_enc"),
        mime=row.mime,
        size=row.size,
        status=row.status,
        content_key=row.content_key,
        reason=row.reason,
        attempts=row.attempts,
        position=row.position,
        petition_id=row.petition_id,
        conversation_id=row.conversation_id,
        draft=row.draft,
        purpose=row.purpose,
        finding=(
            None
            if row.finding_enc is None or vault is None
            else vault.open_json(row.finding_enc, table="files", column="finding_enc", row=row.id)
        ),
        created_at=row.created_at,
    )
