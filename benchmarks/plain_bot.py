"""The yardstick: a plain python-telegram-bot `ConversationHandler` bot as tutorials show it.

PicklePersistence, one SQLite row (WAL, synchronous=FULL) a submission, webhook or polling left at the library's
defaults. It asks for the same ten citizen steps as the service does in `benchmarks.steps`.
"""

from __future__ import annotations

import logging
import os
import secrets
import sqlite3
import sys
from pathlib import Path

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

KIND, STORY, PLACE, PHOTO, DONE, NAME, PHONE, CONFIRM = range(8)
Context = ContextTypes.DEFAULT_TYPE


def _database(folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "plain.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(
        "CREATE TABLE IF NOT EXISTS petitions (code TEXT PRIMARY KEY, kind TEXT, story TEXT, place TEXT, "
        "photo TEXT, name TEXT, phone TEXT)"
    )
    database.commit()
    return database


def _buttons(*labels: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)] for label, data in labels])


class PlainBot:
    """The ten steps, each a state of one ConversationHandler."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = _database(folder)

    async def start(self, update: Update, _: Context) -> int:
        kinds = _buttons(("Phản ánh", "phan_anh"), ("Kiến nghị", "kien_nghi"), ("Khiếu nại", "khieu_nai"))
        await update.message.reply_text("Kính chào Ông/Bà. Chọn loại đơn:", reply_markup=kinds)
        return KIND

    async def kind(self, update: Update, context: Context) -> int:
        query = update.callback_query
        await query.answer()
        context.user_data.clear()
        context.user_data["kind"] = query.data
        await query.message.reply_text("Xin Ông/Bà cho biết sự việc.")
        return STORY

    async def story(self, update: Update, context: Context) -> int:
        context.user_data["story"] = update.message.text
        await update.message.reply_text("Việc xảy ra ở đâu?")
        return PLACE

    async def place(self, update: Update, context: Context) -> int:
        context.user_data["place"] = update.message.text
        await update.message.reply_text("Ông/Bà gửi ảnh nếu có.")
        return PHOTO

    async def photo(self, update: Update, context: Context) -> int:
        file = await update.message.photo[-1].get_file()
        path = self._folder / f"{file.file_unique_id}-{update.update_id}.jpg"
        await file.download_to_drive(path)
        context.user_data["photo"] = str(path)
        await update.message.reply_text("Đã nhận ảnh. Gõ «xong» khi đủ.")
        return DONE

    async def done(self, update: Update, _: Context) -> int:
        await update.message.reply_text("Xin Ông/Bà cho biết họ tên.")
        return NAME

    async def name(self, update: Update, context: Context) -> int:
        context.user_data["name"] = update.message.text
        await update.message.reply_text("Xin cho số điện thoại.")
        return PHONE

    async def phone(self, update: Update, context: Context) -> int:
        context.user_data["phone"] = update.message.text
        facts = "\n".join(f"{key}: {value}" for key, value in context.user_data.items())
        await update.message.reply_text(
            f"Xin kiểm tra:\n{facts}", reply_markup=_buttons(("Xác nhận gửi", "send"))
        )
        return CONFIRM

    async def confirm(self, update: Update, context: Context) -> int:
        query = update.callback_query
        await query.answer()
        code = secrets.token_hex(6).upper()
        facts = context.user_data
        self._database.execute(
            "INSERT INTO petitions VALUES (?,?,?,?,?,?,?)",
            (code, *(facts.get(key, "") for key in ("kind", "story", "place", "photo", "name", "phone"))),
        )
        self._database.commit()
        await query.message.reply_text(f"Đã gửi. Mã: {code}")
        return ConversationHandler.END

    async def status(self, update: Update, context: Context) -> None:
        code = context.args[0] if context.args else ""
        row = self._database.execute("SELECT kind FROM petitions WHERE code = ?", (code,)).fetchone()
        await update.message.reply_text(f"{code}: {'đã tiếp nhận' if row else 'không tìm thấy'}")


def main() -> None:
    """`python -m benchmarks.plain_bot FOLDER`, token and server in PLAIN_TOKEN and PLAIN_API_URL."""
    logging.basicConfig(level=logging.ERROR)
    folder = Path(sys.argv[1])
    api = os.environ["PLAIN_API_URL"]
    bot = PlainBot(folder)
    application = (
        Application.builder()
        .token(os.environ["PLAIN_TOKEN"])
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .persistence(PicklePersistence(folder / "plain.pickle"))
        .build()
    )
    words = filters.TEXT & ~filters.COMMAND
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", bot.start)],
            states={
                KIND: [CallbackQueryHandler(bot.kind)],
                STORY: [MessageHandler(words, bot.story)],
                PLACE: [MessageHandler(words, bot.place)],
                PHOTO: [MessageHandler(filters.PHOTO, bot.photo)],
                DONE: [MessageHandler(words, bot.done)],
                NAME: [MessageHandler(words, bot.name)],
                PHONE: [MessageHandler(words, bot.phone)],
                CONFIRM: [CallbackQueryHandler(bot.confirm)],
            },
            fallbacks=[CommandHandler("start", bot.start)],
            allow_reentry=True,
            name="petition",
            persistent=True,
        )
    )
    application.add_handler(CommandHandler("status", bot.status))
    application.run_polling(poll_interval=0.0, allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
