"""Who may talk to the page: this machine's own browser, from the page itself.

A name that resolves to 127.0.0.1 lets any page on the internet talk to a local server (DNS rebinding), and any page may
send requests to it. Both are detected by the headers Host and Origin, which a browser sets and no page can change.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from loganneal import _limits

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

EVERYWHERE = ("0.0.0.0", "::", "")
"""Addresses that mean every interface; any address is then a valid Host, but no name from the internet is."""

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
"""Headers of every answer."""


class Guard:
    """A WSGI application that only answers requests from its own page, and only those of bounded size.

    Args:
        application: The application to guard.
        host: The address that the server listens on.
        policy: The Content-Security-Policy of every answer.
    """

    def __init__(self, application: Application, host: str, policy: str) -> None:
        self._application, self._host = application, host
        self._headers = [*HEADERS, ("Content-Security-Policy", policy)]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it."""
        refusal = refused(environ, self._host)
        if refusal is not None:
            status, reason = refusal
            start_response(
                status, [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close"), *self._headers]
            )
            return [f"{reason}\n".encode()]

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, *self._headers], *more)

        return self._application(environ, start)


def refused(environ: Environ, host: str) -> tuple[str, str] | None:
    """Why a request is refused, as a status and a sentence; None if it is answered.

    Args:
        environ: The request as a WSGI environment.
        host: The address that the server listens on.
    """
    asked = str(environ.get("HTTP_HOST", ""))
    if not is_own_host(asked, host):
        return "403 Forbidden", "Refused: this page is not available under that name."
    if not _is_own_origin(environ, asked):
        return "403 Forbidden", "Refused: the request comes from another page."
    if environ.get("HTTP_UPGRADE"):
        return "400 Bad Request", "Refused: there are no websockets here."
    return _too_large(environ)


def is_own_host(asked: str, host: str) -> bool:
    """Whether the Host of a request is this server: the address it listens on, or this machine's loopback.

    >>> is_own_host("127.0.0.1:8050", "127.0.0.1"), is_own_host("rebound.example:8050", "127.0.0.1")
    (True, False)
    """
    try:
        name = urlsplit(f"//{asked}").hostname or ""
    except ValueError:
        return False
    if name in (host.lower(), "localhost", "127.0.0.1", "::1"):
        return bool(name)
    return host in EVERYWHERE and (_is_address(name) or name == socket.gethostname().lower())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_own_origin(environ: Environ, asked: str) -> bool:
    """Whether a request comes from this page, or from none: a link that was typed or clicked has no Origin."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None:
        return bool(origin == f"http://{asked}")
    writes = environ.get("REQUEST_METHOD") not in ("GET", "HEAD")
    return not writes or environ.get("HTTP_SEC_FETCH_SITE", "same-origin") in ("same-origin", "none")


def _too_large(environ: Environ) -> tuple[str, str] | None:
    """Why a body is refused: it is larger than an upload may be, or does not say how large it is; None if it is not."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return "411 Length Required", "Refused: the request does not say its length."
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isascii() or not length.isdigit():
        return "400 Bad Request", "Refused: the length of the request is not a number."
    if int(length) > _limits.UPLOAD_BYTES:
        return "413 Content Too Large", f"Refused: more than {_limits.UPLOAD_BYTES:,} bytes."
    return None


def content_policy(scripts: Iterable[str]) -> str:
    """The Content-Security-Policy: nothing is loaded from elsewhere, and only scripts of the page run.

    Args:
        scripts: Hashes of the inline scripts of the page.
    """
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *scripts]),
        "style-src": "'self' 'unsafe-inline'",  # Plotly sets styles
        "img-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
