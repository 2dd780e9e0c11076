"""``cardhouse serve``: the web app on this machine."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click

from cardhouse.cli.common import Count, Where, book_options, load
from cardhouse.errors import InputError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=Count(0, 65535, like=8351), default=8351, show_default=True, help="0: any free one.")
@book_options
def serve(host: str, port: int, where: Where) -> None:
    """Start the web app; only this machine can reach it unless --host says otherwise, and then a token is needed."""
    try:
        import uvicorn

        from cardhouse.web.app import create_app
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed; say: pip install 'cardhouse[web]'") from error
    import socket

    from cardhouse.web.settings import Settings, is_loopback, new_token

    if where.as_of is not None:
        raise click.UsageError("--as-of is chosen on the pages; leave it out")
    load(where)  # says what is broken before the server starts
    token = "" if is_loopback(host) else new_token()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: only then does asyncio send small answers at once, without a delay of 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # before the address is told: who opens it at once waits instead of being refused
    except OSError as error:
        listening.close()
        raise InputError(
            f"{host}:{port} cannot be listened on ({error.strerror}); choose another with --host or --port"
        ) from error
    port = listening.getsockname()[1]
    settings = Settings(folder=where.folder, overlay=where.overlay, host=host, port=port, token=token)
    app = create_app(settings)
    config = uvicorn.Config(app, log_level="warning", server_header=False, date_header=False, ws="none")
    shown = f"[{host}]" if ":" in host else host
    with suppress(KeyboardInterrupt):  # the way it is told to end, no failure
        click.echo(f"Cardhouse listens on http://{shown}:{port}/{f'#token={token}' if token else ''}")
        if token:
            click.echo("It can be reached by other machines: whoever has this address with its token can use it.")
        click.echo("Ctrl-C ends it.")
        uvicorn.Server(config).run(sockets=[listening])
    if app.state.warming is not None and app.state.warming.is_alive():
        # It may be inside a library that the end of the interpreter would pull away under it, which aborts.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
