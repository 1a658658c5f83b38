"""`python -m tests.emulators.telegram --port 8081`: an emulator to connect a bot to by hand."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from . import TOKEN, Rates, TelegramEmulator


async def serve(options: argparse.Namespace) -> None:
    rates = Rates() if options.rates else None
    emulator = TelegramEmulator(token=options.token, rates=rates, keep_calls=options.keep_calls)
    await emulator.start(options.host, options.port)
    address = f"TIEPDAN_TELEGRAM_API_URL={emulator.url} TIEPDAN_TELEGRAM_TOKEN={emulator.token}"
    print(address, flush=True)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    await stopping.wait()
    await emulator.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.telegram", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--rates", action="store_true", help="flood limits as Telegram's")
    parser.add_argument("--keep-calls", type=int, default=10_000, help="length of the call log")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
