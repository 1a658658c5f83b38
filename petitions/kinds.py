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
    ELIGIBLE = "eligible"
    """Đủ điều kiện xử lý: screened, to be accepted or refused in writing (Thông tư 05/2021 Đ6)."""
    ACCEPTED = "accepted"
    """Đã thụ lý."""
    VERIFYING = "verifying"
    """Đang xác minh."""
    MERGED = "merged"
    """Đã nhập đơn: handled with another petition on the same matter, which is its lead."""
    SUSPENDED = "suspended"
    """Tạm đình chỉ: the one thing that stops a legal clock."""
    DECIDED = "decided"
    """Đã có quyết định giải quyết or kết luận nội dung."""
    ENFORCING = "enforcing"
    """Đang thi hành: in force, on the watch list until everything ordered is done."""
    ANSWERED = "answered"
    NOT_ACCEPTED = "not_accepted"
    """Không đủ điều kiện or không thụ lý, with its legal reason."""
    PASSED_ON = "passed_on"
    """Đã chuyển cơ quan có thẩm quyền."""
    GUIDED = "guided"
    """Đã hướng dẫn gửi cơ quan có thẩm quyền."""
    DISCONTINUED = "discontinued"
    """Đình chỉ giải quyết."""
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
    """Two petitions have to do with each other; each goes its own way. Kept in both."""
    UNLINK = "unlink"
    """The link was a mistake."""

    # --- several petitions on one matter
    MERGE = "merge"
    """Nhập đơn: handled with an earlier petition on the same matter, its lead."""
    UNMERGE = "unmerge"
    """Tách đơn: a merge is undone; the petition is again as it was."""
    MEMBER_JOINED = "member_joined"
    """In the lead: a petition was merged into it."""
    MEMBER_LEFT = "member_left"
    """In the lead: a petition left it, taken out again or withdrawn."""
    BECOME_MASS = "become_mass"
    """Vụ việc đông người: a matter has reached the number of people from which the law asks for representatives."""
    REPRESENT = "represent"
    """Người đại diện: the petitioner was chosen by the others of the matter, in writing."""
    END_REPRESENT = "end_represent"
    """Chosen no more, or noted by mistake."""
    FOLLOW_LEAD = "follow_lead"
    """In a merged petition: what was done to the lead counts for it too."""
    UNDO_DUPLICATE = "undo_duplicate"
    """Registered as a duplicate by mistake: screened anew."""

    # --- from chat to a lawful petition (đơn)
    GIVE_FORM_VALUES = "give_form_values"
    """The citizen tells what the form still lacks."""
    HAND_IN_FORM = "hand_in_form"
    """The citizen hands in the signed form (photographed pages, an electronically signed file)."""
    BOOK_VISIT = "book_visit"
    """The citizen comes to have the prepared form read back and to sign it."""
    CANCEL_VISIT = "cancel_visit"
    """The citizen does not come at the booked time after all."""
    REQUEST_SUPPLEMENT = "request_supplement"
    """Yêu cầu bổ sung: what the form lacks is asked for."""
    CONFIRM_FORM = "confirm_form"
    """The officer confirms the complete, signed đơn: the second of the two moments; legal clocks start."""

    # --- screening (phân loại, xử lý đơn)
    SCREEN_ELIGIBLE = "screen_eligible"
    SCREEN_INELIGIBLE = "screen_ineligible"
    SCREEN_DUPLICATE = "screen_duplicate"
    SCREEN_ANONYMOUS = "screen_anonymous"
    PASS_ON = "pass_on"  # noqa: S105 - the word of the law, no password
    """Chuyển đơn to the authority that is competent."""
    GUIDE = "guide"
    """Hướng dẫn the citizen to the authority that is competent."""
    ACCEPT = "accept"
    """Thụ lý."""
    NOT_ACCEPT = "not_accept"
    """Không thụ lý, in writing, with one of the law's grounds."""

    # --- settling
    VERIFY = "verify"
    """Xác minh."""
    FIND_COMPLEX = "find_complex"
    """Vụ việc phức tạp: a written finding raises a complaint's ceiling, once (D155 Đ2)."""
    EXTEND = "extend"
    """Gia hạn: a decision extends the time of a denunciation (Luật Tố cáo Đ30)."""
    SUSPEND = "suspend"
    RESUME = "resume"
    DISCONTINUE = "discontinue"
    INVITE_DIALOGUE = "invite_dialogue"
    HOLD_DIALOGUE = "hold_dialogue"
    DECIDE = "decide"
    """Quyết định giải quyết khiếu nại."""
    CONCLUDE = "conclude"
    """Kết luận nội dung tố cáo."""
    SEND_DECISION = "send_decision"
    PUBLISH_DECISION = "publish_decision"
    TAKE_EFFECT = "take_effect"
    """Có hiệu lực pháp luật."""
    ORDER_TASK = "order_task"
    """Who carries out what of the decision by when."""
    TASK_DONE = "task_done"
    WITHDRAW_PART = "withdraw_part"
    KEEP_GOING = "keep_going"
    """A withdrawn denunciation goes on all the same (Luật Tố cáo Đ33 k3)."""
    COMPLAIN_AGAIN = "complain_again"
    """Khiếu nại lần hai: noted in the first petition; the second is a linked petition of its own."""
    GO_UP = "go_up"
    """Tố cáo tiếp because the time limit has passed (Luật Tố cáo Đ38)."""
    REPORT_UP = "report_up"
    """The settler reports to the superior and goes on (Luật Tố cáo Đ38 k3)."""

    # --- between units
    REFUSE_TRANSFER = "refuse_transfer"
    """The unit a petition came to gives it back, once, with a reason."""
    RULE_UNIT = "rule_unit"
    """The focal unit's binding decision on who answers."""

    # --- what the office learns
    POLICY_GAP = "policy_gap"
    """Ghi nhận sơ hở, bất cập: an officer marks a loophole in a legal text."""
    WITHDRAW_GAP = "withdraw_gap"
    """A marked loophole is taken back, with a reason."""

    # --- by the service itself
    REASSIGN = "reassign"
    """An officer is away or has left, a unit is dissolved, a group is gone: somebody named takes over."""
    RECOMPUTE = "recompute"
    """The calendar changed, so a running date did."""
    WARN = "warn"
    BREACH = "breach"
    """A date passed; kept for ever."""
    ESCALATE = "escalate"
    """One level further up the ladder."""
    REMIND_FORM = "remind_form"
    DENIED = "denied"
    """Somebody without the right tried something."""
