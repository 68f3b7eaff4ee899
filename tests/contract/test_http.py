"""The door to the network keeps its rules: where to, with whose key, how long, how much."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from stylestudio_desktop.providers.http import Access, Door, Http
from stylestudio_desktop.providers.protocol import Context, Kind, ProviderError
from tests.contract.standin import Reply, Seen, Standin, until
from tests.factories import picture_bytes

KEY = "sk-test-abcdef0123456789"
PICTURE = picture_bytes(size=(400, 300)) + bytes(200_000)


@pytest.fixture
def http() -> Iterator[Http]:
    made = Http(pause_s=0.01)
    yield made
    made.close()


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(threading.Event(), tmp_path, lambda stage, progress: None)


@pytest.fixture
def server() -> Iterator[Standin]:
    with Standin(lambda seen: Reply(200, {"ok": True})) as made:
        yield made


@pytest.fixture
def door(http: Http, server: Standin) -> Door:
    return door_to(http, server.url)


def door_to(http: Http, base: str, **changes: Any) -> Door:
    access = Access("Maker", base, credentials=lambda: {"Authorization": f"Bearer {KEY}"})
    return http.door(replace(access, **{"nearby": True, **changes}))


def failure(call: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call()
    assert KEY not in caught.value.sentence
    assert len(caught.value.sentence) < 600
    return caught.value


def order(door: Door, context: Context, **more: Any) -> Any:
    return door.send("POST", "orders", context, paid=True, json={"n": 1}, **more)


def test_an_answer_comes_back_and_the_key_went_along(
    door: Door, server: Standin, context: Context
) -> None:
    assert order(door, context).fields().raw == {"ok": True}

    assert server.seen[0].headers["Authorization"] == f"Bearer {KEY}"
    assert server.seen[0].json == {"n": 1}


def test_connections_are_kept(
    door: Door, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    whole = socket.socket.connect_ex
    monkeypatch.setattr(
        socket.socket, "connect_ex", lambda self, to: made.append(1) or whole(self, to)
    )

    for _ in range(5):
        door.get("state", context)

    assert len(made) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "transient"),
    [
        (Reply(401, {"error": {"message": f"Incorrect API key {KEY}"}}), Kind.AUTH, False),
        (Reply(402, {"detail": "No credit"}), Kind.PAYMENT, False),
        (Reply(429, {"error": "OutOfCredits", "message": "none left"}), Kind.PAYMENT, False),
        (Reply(429, {"error": {"code": "insufficient_quota"}}), Kind.PAYMENT, False),
        (
            Reply(429, {"error": {"message": "input-images per min: Limit 5, Requested 10."}}),
            Kind.PAYMENT,
            False,
        ),
        (
            Reply(429, {"error": {"message": "Limit 5, Used 5, Requested 1. Try again in 12s"}}),
            Kind.RATE,
            True,
        ),
        (Reply(400, {"error": {"code": "moderation_blocked"}}), Kind.CONTENT, False),
        (Reply(422, {"detail": [{"msg": "too small"}]}), Kind.INPUT, False),
        (Reply(413, b"<html>too big</html>"), Kind.INPUT, False),
        (Reply(404, {}), Kind.INPUT, False),
        (Reply(302, b"", {"Location": "http://127.0.0.1:1/"}), Kind.SETUP, False),
        (Reply(500, b"<html>oops</html>"), Kind.AMBIGUOUS, False),
        (Reply(502, b"bad gateway"), Kind.AMBIGUOUS, False),
        (Reply(503, b"<html>nginx</html>"), Kind.AMBIGUOUS, False),
        (Reply(503, {"error": {"message": "overloaded"}}), Kind.PROVIDER, True),
        (
            Reply(500, {"error": {"message": "again"}}, {"x-should-retry": "true"}),
            Kind.PROVIDER,
            True,
        ),
        (Reply(200, b"{not json"), Kind.AMBIGUOUS, False),
        (Reply(200, b"[" * 100_000), Kind.AMBIGUOUS, False),
        (Reply(200, [1, 2]), Kind.AMBIGUOUS, False),
        (Reply(reset=True), Kind.AMBIGUOUS, False),
        (Reply(200, b'{"id": "1234"}', after=5), Kind.AMBIGUOUS, False),
        (Reply(200, b"x" * 5_000_000), Kind.AMBIGUOUS, False),
    ],
)
def test_what_becomes_of_an_order(
    door: Door, server: Standin, context: Context, reply: Reply, kind: Kind, transient: bool
) -> None:
    server.fail_next("POST", reply)

    error = failure(lambda: order(door, context).fields())

    assert (error.kind, error.transient) == (kind, transient)
    assert server.count("POST") == 1, "an order was sent twice"


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "7"}, {}, 7),
        ({"Retry-After": "1000000000"}, {}, 3600),
        ({"Retry-After": "-5", "x-ratelimit-reset-requests": "1m30s"}, {}, 90),
        (
            {
                "x-ratelimit-reset-tokens": "6m0s",
                "x-ratelimit-reset-requests": "467ms",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-remaining-tokens": "11",
            },
            {},
            0.467,
        ),
        ({}, {"detail": "Request was throttled. Your rate limit resets in ~30s."}, 30),
        ({}, {"error": {"message": "Rate limit. Please try again in 1m2.5s."}}, 62.5),
        (
            {},
            {"error": {"details": [{"@type": "x/google.rpc.RetryInfo", "retryDelay": "12s"}]}},
            12,
        ),
        ({"Retry-After": "soon"}, {}, None),
    ],
)
def test_how_long_a_service_asks_to_wait(
    door: Door,
    server: Standin,
    context: Context,
    headers: dict[str, str],
    body: dict[str, Any],
    seconds: float | None,
) -> None:
    server.fail_next("POST", Reply(429, body, headers))

    assert failure(lambda: order(door, context)).retry_after_s == seconds


def test_a_date_to_wait_for(door: Door, server: Standin, context: Context) -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))
    server.fail_next("POST", Reply(429, {}, {"Retry-After": date}))

    seconds = failure(lambda: order(door, context)).retry_after_s

    assert seconds is not None
    assert 90 < seconds <= 100


def test_nobody_there_means_nothing_was_sent(http: Http, context: Context) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(
            lambda: order(door_to(http, f"http://127.0.0.1:{taken.getsockname()[1]}"), context)
        )

    assert (error.kind, error.transient) == (Kind.NOT_SENT, True)


def test_an_unknown_name_means_nothing_was_sent(
    http: Http, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)

    error = failure(lambda: order(door_to(http, "https://maker.invalid"), context))

    assert error.kind is Kind.NOT_SENT
    assert "name was not found" in error.sentence


def test_a_failed_secure_connection_means_nothing_was_sent(
    http: Http, server: Standin, context: Context
) -> None:
    door = door_to(http, server.url.replace("http:", "https:"))

    error = failure(lambda: order(door, context))

    assert error.kind is Kind.NOT_SENT
    assert "secure connection" in error.sentence
    assert not server.seen


def test_a_certificate_that_nobody_vouches_for_means_nothing_was_sent(
    http: Http, server: Standin, context: Context, tmp_path: Path
) -> None:
    server.socket = self_signed(tmp_path).wrap_socket(server.socket, server_side=True)

    error = failure(lambda: order(door_to(http, server.url.replace("http:", "https:")), context))

    assert error.kind is Kind.NOT_SENT
    assert "secure connection" in error.sentence
    assert not server.seen


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return the server's side of TLS with a certificate that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begun = datetime.now(UTC) - timedelta(days=1)
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=30))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    both = folder / "both.pem"
    both.write_bytes(key.private_bytes(pem, pkcs8, plain) + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


def test_asking_is_repeated_and_ordering_is_not(
    door: Door, server: Standin, context: Context
) -> None:
    server.fail_next("GET", Reply(502, b""))
    server.fail_next("GET", Reply(reset=True))

    assert door.get("state", context).status == 200
    assert server.count("GET") == 3


@pytest.mark.parametrize("paid", [True, False])
def test_a_wish_to_stop_ends_a_long_wait(
    door: Door, server: Standin, context: Context, paid: bool
) -> None:
    stall = threading.Event()
    server.fail_next("/", Reply(200, {"late": True}, stall=stall))
    threading.Timer(0.3, context.cancelled.set).start()
    begun = time.monotonic()

    error = failure(lambda: door.send("POST", "orders", context, paid=paid, read_s=60))
    stall.set()

    assert error.kind is Kind.CANCELLED
    assert time.monotonic() - begun < 1.5


def test_an_order_that_is_answered_at_once_is_not_cut_off(
    door: Door, server: Standin, context: Context
) -> None:
    stall = threading.Event()
    server.fail_next("POST", Reply(200, {"id": "42"}, stall=stall))
    threading.Timer(0.1, context.cancelled.set).start()
    threading.Timer(0.8, stall.set).start()

    assert order(door, context, stoppable=False).fields().text("id") == "42"


def test_a_stall_ends(door: Door, server: Standin, context: Context) -> None:
    stall = threading.Event()
    server.fail_next("POST", Reply(200, {"id": "42"}, stall=stall))

    error = failure(lambda: order(door, context, read_s=0.3))
    stall.set()

    assert error.kind is Kind.AMBIGUOUS


def test_looking_a_name_up_can_be_stopped(
    http: Http, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> Any:
        release.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "late")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    threading.Timer(0.2, context.cancelled.set).start()

    error = failure(lambda: door_to(http, "https://maker.invalid").get("x", context))
    release.set()

    assert error.kind is Kind.CANCELLED


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "100.64.0.1",
        "::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:53aa:64c:0:7bff:80ff:fffe",
    ],
)
def test_a_service_of_the_internet_leads_nowhere_else(
    http: Http, context: Context, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(family, 1, 6, "", (address, 443))]
    )
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *_: pytest.fail("it was opened"))

    error = failure(lambda: order(door_to(http, "https://maker.test", nearby=False), context))

    assert error.kind is Kind.NOT_SENT
    assert "leads to a place" in error.sentence


@pytest.mark.parametrize("address", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "8.8.8.8"])
def test_plain_http_stays_in_the_house(
    http: Http, context: Context, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(socket.socket, "connect_ex", lambda *_: pytest.fail("it was opened"))

    assert failure(lambda: order(door_to(http, f"http://{address}"), context))


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://elsewhere.test/x.png",
        "http://cdn.maker.test/x.png",
        "https://cdn.maker.test:8443/x.png",
        "https://evilmaker.test/x.png",
        "https://cdn.maker.test@elsewhere.test/x.png",
        "https://elsewhere.test\\@cdn.maker.test/x.png",
        "file:///etc/passwd",
        "https://[::1/x.png",
        "https://cdn.maker.test:99999/x.png",
    ],
)
def test_addresses_that_a_service_hands_out_are_judged(http: Http, place: str) -> None:
    door = door_to(http, "https://maker.test", also=(".maker.test",), nearby=False)

    assert "doesn't belong" in failure(lambda: door.url(place)).sentence
    assert door.url("https://cdn.maker.test/x.png") == "https://cdn.maker.test/x.png"


@pytest.mark.parametrize("base", ["ftp://maker.test", "maker.test", "https://", "https://a b.test"])
def test_an_address_that_is_none_is_named(http: Http, base: str) -> None:
    assert failure(lambda: door_to(http, base)).kind is Kind.SETUP


def test_without_network_no_socket_is_opened(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a socket was made"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was asked"))
    door = door_to(Http(offline=lambda: True), "https://maker.test")

    for call in (
        lambda: order(door, context),
        lambda: door.get("state", context),
        lambda: door.download("a.png", tmp_path / "a.png", context),
    ):
        error = failure(call)
        assert error.kind is Kind.NOT_SENT
        assert "switched off" in error.sentence


def test_a_key_that_can_be_none_is_named(http: Http, server: Standin, context: Context) -> None:
    door = door_to(http, server.url, credentials=lambda: {"Authorization": "Bearer a\r\nHost: b"})

    assert failure(lambda: order(door, context)).kind is Kind.AUTH
    assert not server.seen


def test_secrets_are_in_no_log(
    door: Door, server: Standin, context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail_next("POST", Reply(400, {"error": {"message": f"bad {KEY}\n\x1b[31m at {KEY}"}}))

    error = failure(lambda: order(door, context))
    door.get("state", context, params={"signature": "verysecretsignature"})

    assert "\x1b" not in error.sentence
    assert KEY not in caplog.text
    assert "verysecretsignature" not in caplog.text


def served(picture: bytes, breaks: list[int], tag: str = '"one"') -> Callable[[Seen], Reply]:
    """Serve `picture` with Range; each number in `breaks` ends one answer after so many bytes."""

    def reply(seen: Seen) -> Reply:
        headers = {"ETag": tag, "Content-Type": "image/jpeg"}
        wanted = seen.headers.get("Range")
        start, status = 0, 200
        if wanted and seen.headers.get("If-Range") == tag:
            start, status = int(wanted.removeprefix("bytes=").rstrip("-")), 206
            headers["Content-Range"] = f"bytes {start}-{len(picture) - 1}/{len(picture)}"
        return Reply(status, picture[start:], headers, after=breaks.pop(0) if breaks else None)

    return reply


def test_a_picture_comes_home(
    door: Door, server: Standin, context: Context, tmp_path: Path
) -> None:
    server.reply = served(PICTURE, [])

    door.download("a.jpg", tmp_path / "a.part", context)

    assert (tmp_path / "a.part").read_bytes() == PICTURE
    assert [path.name for path in tmp_path.iterdir()] == ["a.part"]


def test_a_broken_download_goes_on_where_it_ended(
    door: Door, server: Standin, context: Context, tmp_path: Path
) -> None:
    server.reply = served(PICTURE, [70_000, 60_000])

    door.download("a.jpg", tmp_path / "a.part", context)

    assert (tmp_path / "a.part").read_bytes() == PICTURE
    ranges = [seen.headers["Range"] for seen in server.seen]
    assert ranges == [None, "bytes=70000-", "bytes=130000-"]


def test_a_later_call_goes_on_too(
    door: Door, server: Standin, context: Context, tmp_path: Path
) -> None:
    server.reply = served(PICTURE, [40_000, 1000, 1000, 1000])
    error = failure(lambda: door.download("a.jpg", tmp_path / "a.part", context))
    assert error.transient

    door.download("a.jpg", tmp_path / "a.part", context)

    assert (tmp_path / "a.part").read_bytes() == PICTURE
    assert server.seen[-1].headers["Range"] == "bytes=43000-"


def test_a_changed_picture_is_taken_anew(
    door: Door, server: Standin, context: Context, tmp_path: Path
) -> None:
    server.reply = served(PICTURE, [40_000, 0, 0, 0])
    failure(lambda: door.download("a.jpg", tmp_path / "a.part", context))
    other = picture_bytes("red")
    server.reply = served(other, [], tag='"two"')

    door.download("a.jpg", tmp_path / "a.part", context)

    assert (tmp_path / "a.part").read_bytes() == other


def test_a_picture_may_be_too_large(
    door: Door, server: Standin, context: Context, tmp_path: Path
) -> None:
    server.reply = served(PICTURE, [])

    error = failure(lambda: door.download("a.jpg", tmp_path / "a.part", context, largest=50_000))

    assert (error.kind, error.transient) == (Kind.PROVIDER, False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(404, b""), Kind.GONE),
        (Reply(403, b"<Error>expired</Error>"), Kind.GONE),
        (Reply(200, b"<html>log in to the hotel's network</html>"), Kind.PROVIDER),
        (Reply(200, b""), Kind.PROVIDER),
        (Reply(302, b"", {"Location": "http://169.254.169.254/x"}), Kind.PROVIDER),
        (Reply(302, b"", {"Location": "file:///etc/passwd"}), Kind.PROVIDER),
        (Reply(302, b"", {"Location": "/round"}), Kind.PROVIDER),
        (Reply(206, PICTURE, {"Content-Range": "bytes 5-9/10"}), Kind.PROVIDER),
    ],
)
def test_what_is_no_picture_is_not_kept(
    door: Door, server: Standin, context: Context, tmp_path: Path, reply: Reply, kind: Kind
) -> None:
    server.reply = lambda seen: reply

    error = failure(lambda: door.download("a.jpg", tmp_path / "a.part", context))

    assert error.kind is kind
    assert not (tmp_path / "a.part").exists()


def test_what_a_redirect_sends_along_is_not_read(
    door: Door, server: Standin, context: Context, tmp_path: Path
) -> None:
    """It might be without end; the library would read it all in search of the next address."""
    stall = threading.Event()
    away = Reply(302, PICTURE, {"Location": "https://elsewhere.test/x"}, stall=stall)
    server.reply = lambda seen: away
    begun = time.monotonic()

    error = failure(lambda: door.download("a.jpg", tmp_path / "a.part", context))
    stall.set()

    assert "doesn't belong" in error.sentence
    assert time.monotonic() - begun < 5


def test_the_key_stays_behind_on_a_redirect(
    http: Http, server: Standin, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other host is reached by https only; the stand-in speaks http, so heads are compared."""
    from stylestudio_desktop.providers.http import connection

    door = door_to(http, server.url, also=("cdn.maker.test",))
    server.reply = lambda seen: Reply(302, b"", {"Location": "https://cdn.maker.test/a.jpg"})
    sent: list[dict[str, str]] = []
    session = connection.new_session("test")
    whole = session.request

    def note(method: str, url: str, **more: Any) -> Any:
        sent.append(dict(more["headers"]))
        if "cdn" in url:
            raise ConnectionError("far away")
        return whole(method, url, **more)

    monkeypatch.setattr(session, "request", note)
    monkeypatch.setattr(connection, "new_session", lambda agent: session)
    failure(lambda: door.download("a.jpg", tmp_path / "a.part", context))

    assert "Authorization" in sent[0]
    assert "Authorization" not in sent[1]


def test_a_photo_goes_out_whole(
    door: Door, server: Standin, context: Context, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(PICTURE)

    door.send(
        "POST",
        "upload",
        context,
        paid=False,
        form={"type": "input"},
        files=[("image", ("a.jpg", photo, "image/jpeg")), ("mask", ("b.png", b"12", "image/png"))],
    )

    assert server.seen[0].form() == [
        ("type", "", b"input"),
        ("image", "a.jpg", PICTURE),
        ("mask", "b.png", b"12"),
    ]


def test_threads_leave_nothing_open(
    door: Door, http: Http, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    whole = socket.socket.connect_ex
    monkeypatch.setattr(
        socket.socket, "connect_ex", lambda self, to: made.append(1) or whole(self, to)
    )
    for _ in range(6):  # one after the other, as jobs come: a new thread, the old connection
        thread = threading.Thread(target=lambda: door.get("x", context))
        thread.start()
        thread.join()
    assert len(made) == 1

    http.close()
    until(lambda: all(one.name != "network watch" for one in threading.enumerate()))
