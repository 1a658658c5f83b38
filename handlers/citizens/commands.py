"""The first words, the menu, help, languages, and the slash commands."""

from __future__ import annotations

from typing import Final

from handlers.citizens import drafting, drafts, news, own_chats, prompts, questions, tracking
from handlers.citizens.chat import Chat
from handlers.citizens.state import Ask
from handlers.messages import Command
from handlers.texts import LANGUAGES
from petitions.codes import BadCode, TrackingCode, find_codes
from petitions.kinds import Kind

_STATUS_LINK: Final = "s_"
_KIND_LINK: Final = "k_"


def greet(chat: Chat) -> None:
    """Once in a conversation: who speaks, what for, and the privacy notice; blocks nothing."""
    if chat.me.greeted:
        return
    chat.me.greeted = True
    notice = questions.privacy_notice(chat)
    chat.leads.insert(
        0, f"{chat.text('citizen.greeting', agency=chat.agency.name(chat.turn.language))}\n{notice}"
    )


def command(chat: Chat, content: Command) -> None:
    """A slash command of a citizen."""
    match content.name:
        case "start":
            start(chat, content.argument.strip())
        case "status":
            status(chat, content.argument.strip())
        case "mine":
            greet(chat)
            tracking.show_mine(chat)
        case "help":
            greet(chat)
            show_help(chat)
        case "language":
            language(chat, content.argument.strip().lower())
        case "leave":
            leave(chat)
        case "channels" | "kenh":
            greet(chat)
            own_chats.show(chat)
        case "news" | "thongbao":
            greet(chat)
            news.show(chat)
        case "cancel" if chat.me.draft is not None:
            drafts.ask_discard(chat)
        case _:
            greet(chat)
            chat.lead("citizen.unknown_command")
            show_help(chat)


def start(chat: Chat, payload: str) -> None:
    """The beginning; a link may name a petition (`s_CODE`) or a kind (`k_phan_anh`)."""
    greet(chat)
    if payload.startswith(_STATUS_LINK):
        status(chat, payload.removeprefix(_STATUS_LINK))
        return
    if (
        payload.startswith(_KIND_LINK)
        and payload.removeprefix(_KIND_LINK) in set(Kind)
        and chat.me.draft is None
    ):
        drafting.begin(chat, Kind(payload.removeprefix(_KIND_LINK)))
        prompts.advance(chat)
        return
    draft = chat.me.draft
    if draft is not None and draft.told:
        drafts.resume(chat, draft)
        return
    chat.me.draft = None
    chat.say("citizen.menu", rows=prompts.main_menu(chat))


def status(chat: Chat, argument: str) -> None:
    """`/status CODE`, `/status CODE SECRET`, or `/status` alone."""
    greet(chat)
    if not argument:
        tracking.ask_code(chat)
        return
    codes = find_codes(argument)
    rest = tracking.without_codes(argument, codes)
    if not codes:
        try:
            code = TrackingCode.parse(argument)
        except BadCode:
            if tracking.wrong_code(chat):
                chat.open(Ask.CODE)
                chat.lead("citizen.code_mistyped")
            chat.flush()
            return
        codes = find_codes(str(code))
    tracking.answer_codes(chat, codes, secret=tracking.secret_in(rest))
    chat.flush()


def show_help(chat: Chat) -> None:
    if chat.me.draft is not None:
        help_in_draft(chat)
    else:
        chat.say("citizen.help", rows=prompts.main_menu(chat))


def help_in_draft(chat: Chat) -> None:
    """What can be said at any point; then the pending question again."""
    chat.lead("citizen.help_in_draft")
    prompts.repeat(chat)


def language(chat: Chat, wanted: str) -> None:
    """Switch to the language named, or to the other one."""
    names = {
        "vi": "vi",
        "vn": "vi",
        "tiếng việt": "vi",
        "vietnamese": "vi",
        "en": "en",
        "english": "en",
        "tiếng anh": "en",
    }
    chosen = names.get(wanted)
    if chosen is None:
        others = [code for code in LANGUAGES if code != chat.turn.language]
        chosen = others[0]
    chat.turn.talk.language = chosen
    greet(chat)
    chat.lead("citizen.language_changed")
    if chat.me.draft is not None:
        prompts.repeat(chat)
    else:
        chat.say("citizen.how_can_i_help", rows=prompts.main_menu(chat))


def leave(chat: Chat) -> None:
    """Leave this device: what was opened here with a receipt's secret is closed again."""
    had = bool(chat.me.proven)
    chat.me.proven = []
    if chat.me.about is not None:
        chat.me.about = None
    chat.say("citizen.left_device" if had else "citizen.nothing_to_leave")
