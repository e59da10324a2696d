"""Listening: on this machine, unless told otherwise."""

import logging

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from loganneal import _checks
from loganneal.studio.app import build_app
from loganneal.studio.study_watch import Studies

OWNER = "loganneal studio"


class _Handler(WSGIRequestHandler):
    """Keeps connections open, so that a slider does not make a new one for each of its moves."""

    protocol_version = "HTTP/1.1"


def open_server(host: str = "127.0.0.1", port: int = 0, studies: Studies | None = None) -> BaseWSGIServer:
    """A server that listens, and answers once its `serve_forever` runs.

    Args:
        host: The address to listen on.
        port: The port; 0 for one that is free.
        studies: Those that it shows; by default those where the commands write them.

    Raises:
        ValueError: The port is no port.
        OSError: The address cannot be listened on.
    """
    number = _checks.whole(OWNER, "--port", port, 0, 65_535)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each move of a slider helps nobody
    return make_server(host, number, build_app(host, studies).server, threaded=True, request_handler=_Handler)


def address(server: BaseWSGIServer) -> str:
    """Where a browser finds it."""
    host = "127.0.0.1" if server.host in ("0.0.0.0", "") else "::1" if server.host == "::" else server.host
    return f"http://[{host}]:{server.port}/" if ":" in host else f"http://{host}:{server.port}/"
