"""The page answers its own browser, and nobody else's page."""

import http.client
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from followed_studies import end, followed
from werkzeug.test import Client

from loganneal import _limits
from loganneal.studio.app import build_app
from loganneal.studio.security import is_own_host
from loganneal.studio.serve import address, open_server
from loganneal.studio.state import first_design, to_query
from loganneal.studio.study_watch import Studies

UPDATE = "/_dash-update-component"


@pytest.fixture(scope="module")
def client() -> Client:
    """The application, queried without a network."""
    return Client(build_app().server.wsgi_app)


def asked(client: Client, path: str = "/", method: str = "GET", **headers: str) -> int:
    """The status of a request with some headers."""
    given = {"Host": "127.0.0.1:8050", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.open(path, method=method, headers=given).status_code


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost:8050", "[::1]:8050", "LOCALHOST"])
def test_loopback_is_answered(client: Client, host: str) -> None:
    """The names of this machine are the page's own."""
    assert asked(client, Host=host) == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "127.0.0.1.nip.io:8050", "10.0.0.1:8050", "", "127.0.0.1:8050@evil.example", "[::1"]
)
def test_other_names_are_refused(client: Client, host: str) -> None:
    """A name on the internet that resolves to this machine is DNS rebinding."""
    assert asked(client, Host=host) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8050", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/", UPDATE, "/picture.png"])
def test_other_origins_are_refused(client: Client, origin: str, path: str) -> None:
    """A page from elsewhere, including another port, gets no answer."""
    assert asked(client, path, "POST", Origin=origin) == asked(client, path, Origin=origin) == 403


def test_a_form_of_another_site_is_refused(client: Client) -> None:
    """A browser that sends no Origin still says that the request is cross-site."""
    assert asked(client, UPDATE, "POST", Sec_Fetch_Site="cross-site") == 403
    assert asked(client, "/", "GET", Sec_Fetch_Site="cross-site") == 200  # a link that was clicked


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Client, Path]:
    """The application with one study, next to which there is another that it was not given."""
    folder = tmp_path_factory.mktemp("studies")
    for name in ("given/hostile", "secret"):
        end(followed("<script>document.title = 'obeyed'</script>"), folder / name, folder / "runs")
    (folder / "given" / "link").symlink_to(folder / "secret")
    studies = Studies([folder / "given"], folder / "runs")
    return Client(build_app(studies=studies).server.wsgi_app), folder


def test_a_report_is_a_page_without_scripts(reports: tuple[Client, Path]) -> None:
    """It is sandboxed, may load nothing, and shows markup in a title as text."""
    client, folder = reports
    place = f"/report?study={quote(str(folder / 'given' / 'hostile'))}"
    answer = client.get(place, headers={"Host": "localhost"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    policies = answer.headers.getlist("Content-Security-Policy")
    assert any(one.startswith("sandbox; default-src 'none'") for one in policies)
    assert b"<script" not in answer.data
    assert b"Cosine" in answer.data
    assert client.get(place, headers={"Host": "evil.example"}).status_code == 403
    assert client.get(place, headers={"Host": "localhost", "Origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "name", ["secret", "given/link", "given/hostile/../../secret", "given/hostile/result.json", ""]
)
def test_a_report_of_what_was_not_given_is_refused(reports: tuple[Client, Path], name: str) -> None:
    """Paths, links and ways out of the folder are not names of studies."""
    client, folder = reports
    place = f"/report?study={quote(str(folder / name))}"
    assert client.get(place, headers={"Host": "localhost"}).status_code == 404
    assert client.get("/report", headers={"Host": "localhost"}).status_code == 404


def test_websockets_are_refused(client: Client) -> None:
    """There are none, whichever origin asks for one."""
    assert asked(client, "/", Upgrade="websocket", Connection="Upgrade") == 400
    assert asked(client, "/", Upgrade="websocket", Connection="Upgrade", Origin="http://evil.example") == 403


def test_a_wildcard_address_takes_addresses_and_no_names() -> None:
    """When listening everywhere, the machine can be reached by its addresses; a foreign name is still rebinding."""
    assert is_own_host("192.168.1.7:80", "0.0.0.0")
    assert not is_own_host("rebound.example", "0.0.0.0")
    assert is_own_host("box.example", "box.example")
    assert not is_own_host("", "")


def test_large_requests_are_refused_before_they_are_read(studio: str) -> None:
    """A body beyond the bound, or one that does not state its length, is refused at once."""
    place = urlsplit(studio)
    for header, value, status in (
        ("Content-Length", str(_limits.UPLOAD_BYTES + 1), 413),
        ("Content-Length", "-1", 400),
        ("Transfer-Encoding", "chunked", 411),
    ):
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
        connection.putrequest("POST", UPDATE)
        connection.putheader(header, value)
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()


def test_every_answer_has_the_policy(client: Client) -> None:
    """Scripts and connections are the page's own, in answers and refusals."""
    for path, host in (("/", "127.0.0.1"), ("/", "evil.example"), ("/picture.svg", "localhost")):
        headers = client.get(path, headers={"Host": host}).headers
        assert "default-src 'self'; script-src 'self' 'sha256-" in headers["Content-Security-Policy"]
        assert "unsafe-eval" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_pictures_are_those_of_the_library(client: Client, kind: str, start: bytes) -> None:
    """PNG and SVG are drawn from the design in the address."""
    answer = client.get(f"/picture.{kind}{to_query(first_design())}", headers={"Host": "localhost"})
    assert (answer.status_code, answer.data[: len(start)]) == (200, start)
    assert client.get("/picture.exe", headers={"Host": "localhost"}).status_code == 404


def test_a_wrong_address_is_answered_with_a_sentence(client: Client) -> None:
    """What is not a design is shown as text, never as markup."""
    answer = client.get("/picture.png?design=%3Cscript%3E", headers={"Host": "localhost"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")


def test_listening_is_local_unless_told_otherwise() -> None:
    """The server binds to loopback, on a free port."""
    server = open_server()
    assert server.host == "127.0.0.1"
    assert address(server) == f"http://127.0.0.1:{server.port}/"
    server.server_close()


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    """The message names the option."""
    with pytest.raises(ValueError, match="'--port'"):
        open_server(port=port)
