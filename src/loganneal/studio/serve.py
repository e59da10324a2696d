"""The server, which by default listens on this machine only."""

import logging

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from loganneal import _checks
from loganneal.studio.app import build_app
from loganneal.studio.study_watch import Studies

OWNER = "loganneal studio"


class _Handler(WSGIRequestHandler):
    """Keeps connections open, so that a slider does not open a new one with each move."""

    protocol_version = "HTTP/1.1"


def open_server(host: str = "127.0.0.1", port: int = 0, studies: Studies | None = None) -> BaseWSGIServer:
    """A server that listens, and answers once its ``serve_forever`` runs.

    Args:
        host: The address to listen on.
        port: The port; 0 for any free one.
        studies: The studies to show; by default those in the folders that the commands write.

    Raises:
        ValueError: The port is not valid.
        OSError: The server cannot listen on the address.
    """
    number = _checks.whole(OWNER, "--port", port, 0, 65_535)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each move of a slider helps nobody
    return make_server(host, number, build_app(host, studies).server, threaded=True, request_handler=_Handler)


def address(server: BaseWSGIServer) -> str:
    """The address under which a browser finds a server."""
    host = "127.0.0.1" if server.host in ("0.0.0.0", "") else "::1" if server.host == "::" else server.host
    return f"http://[{host}]:{server.port}/" if ":" in host else f"http://{host}:{server.port}/"
