"""The Official Account's parts put together: its tokens, its channel, what its events bring about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.base import Receiver
from bot.channels.sharing import FileSharer
from bot.channels.zalo_oa.authorise import Authorisation
from bot.channels.zalo_oa.callback import AuthorisationCallback
from bot.channels.zalo_oa.catchup import CatchUp
from bot.channels.zalo_oa.channel import Note, ZaloOaChannel, approved_templates
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.kept_grant import Alarm
from bot.channels.zalo_oa.options import CHANNEL, OaOptions
from bot.channels.zalo_oa.render import TextsByLanguage
from bot.channels.zalo_oa.templates import Template, known_notices
from bot.channels.zalo_oa.tokens import OaTokens
from bot.console_echo import ConsoleEcho
from bot.setting_views import ZaloOaSettings
from bot.turns import Books
from handlers.texts import LANGUAGES
from petitions.clock import Clock
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class OaParts:
    """The channel, and the tokens that a process which sends keeps renewed."""

    channel: ZaloOaChannel
    tokens: OaTokens


def options_of(settings: ZaloOaSettings, *, public_url: str, receives: bool) -> OaOptions:
    """How the account is reached."""
    first = settings.refresh_token
    return OaOptions(
        oa_id=settings.oa_id,
        app_id=settings.app_id,
        app_secret=settings.app_secret.get_secret_value(),
        secret_key=settings.secret_key.get_secret_value(),
        refresh_token=first.get_secret_value() if first is not None else "",
        api_url=settings.api_url,
        oauth_url=settings.oauth_url,
        business_url=settings.business_url,
        public_url=public_url,
        rate=settings.rate,
        signing=settings.signing,
        buttons=settings.buttons,
        paid_replies=settings.paid_replies,
        proof=settings.proof,
        domain_code=settings.domain_code,
        templates=settings.templates,
        receives=receives,
    )


def templates_of(settings: ZaloOaSettings | None) -> list[Template]:
    """The approved templates of the settings. Raises TemplatesUnusable."""
    if settings is None:
        return []
    options = options_of(settings, public_url="", receives=False)
    return approved_templates(options, notices=known_notices(), languages=LANGUAGES)


def make_official_account(
    options: OaOptions,
    *,
    keep: Receiver,
    database: Database,
    books: Books,
    clock: Clock,
    chance: Callable[[], float],
    count: Note,
    alarm: Alarm,
    share: FileSharer,
    texts: TextsByLanguage,
    templates: list[Template],
) -> OaParts:
    """Nothing is opened. `keep` commits an update and has it handled later (`Dispatcher.keep`). `alarm`:
    a person must help with the tokens."""

    def counted(what: str) -> None:
        count(CHANNEL, options.oa_id, what)

    def reading(client: OaClient) -> CatchUp:
        return CatchUp(
            options,
            client,
            keep,
            database=database,
            agency=books.agency,
            now=clock.now,
            count=counted,
        )

    tokens = OaTokens(
        options, database=database, books=books, clock=clock, jitter=chance, count=counted, alarm=alarm
    )
    authorisation = Authorisation(options, database=database, books=books)
    channel = ZaloOaChannel(
        options,
        keep,
        effects=ConsoleEcho(
            CHANNEL, options.oa_id, database=database, books=books, clock=clock, echoed=_settled_already
        ),
        tokens=tokens,
        share=share,
        texts=texts,
        now=clock.now,
        chance=chance,
        count=count,
        templates=templates,
        catch_up=reading,
        more_routes=AuthorisationCallback(authorisation, count=counted).routes(),
    )
    return OaParts(channel=channel, tokens=tokens)


def _settled_already(_chat: str, _message_id: str, _text: str) -> None:
    """The channel settles its uncertain sends itself before it passes an echo on."""
