"""The closed vocabularies of a petition. Their values are wire values: stored, exported, never renamed."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """What a petition is in law (Luật Khiếu nại Đ2, Luật Tố cáo Đ2, Luật Tiếp công dân Đ2)."""

    COMPLAINT = "khieu_nai"
    """Khiếu nại: review of an administrative decision or act that harms one's own right."""
    DENUNCIATION = "to_cao"
    """Tố cáo: an unlawful act of anybody; the denouncer's identity is secret."""
    RECOMMENDATION = "kien_nghi"
    """Kiến nghị: a wish or proposal."""
    FEEDBACK = "phan_anh"
    """Phản ánh: information on a matter within the office's field."""
    ANONYMOUS_TIP = "thong_tin_nac_danh"
    """Thông tin nặc danh: what the law does not accept as tố cáo (Luật Tố cáo Đ25)."""


@unique
class Severity(StrEnum):
    """How fast somebody must look."""

    NORMAL = "normal"
    URGENT = "urgent"


@unique
class Stage(StrEnum):
    """Where a petition stands. The transition table is `petitions.workflow`."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING_CITIZEN = "waiting_citizen"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@unique
class Role(StrEnum):
    """What an officer may do."""

    INTAKE = "intake"
    OFFICER = "officer"
    HEAD = "head"
    INSPECTOR = "inspector"
    DIRECTOR = "director"
    ADMIN = "admin"


@unique
class ActorKind(StrEnum):
    """Who made an event happen."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    SERVICE = "service"


@unique
class Action(StrEnum):
    """What can be done to a filed petition; the rows of the transition table."""

    FILE = "file"
    TAKE = "take"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    ASK_CITIZEN = "ask_citizen"
    CITIZEN_ADDS = "citizen_adds"
    MESSAGE_CITIZEN = "message_citizen"
    NOTE = "note"
    START = "start"
    ANSWER = "answer"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    ASK_WITHDRAW = "ask_withdraw"
    RATE = "rate"
    NOT_SATISFIED = "not_satisfied"
    REOPEN = "reopen"
    CORRECT = "correct"
    """The focal unit confirms or corrects kind, topic or destination."""
    LINK = "link"
    """A new petition is linked to an earlier one."""
