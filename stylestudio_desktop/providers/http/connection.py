"""The library's connections, made to go only where they may and to say what has gone out.

Imported late, with the first exchange, because the libraries below are slow to load.
"""

import contextlib
import logging
import os
import socket
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.retry import Retry

from stylestudio_desktop.providers.http.addresses import connect
from stylestudio_desktop.providers.http.call import current
from stylestudio_desktop.providers.protocol import Kind, ProviderError


class _Watched(HTTPConnection):
    """Connects by our rules and marks the moment from which a request may have gone out."""

    secure = False
    handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        call = current()
        # Two parsers may read one strange address differently; ours has been judged.
        if self.host.lower().strip("[]").rstrip(".") != call.host:
            raise ProviderError(
                Kind.PROVIDER,
                "A strange address was not opened, for safety. Choose another service.",
            )
        try:
            link = connect(self.host, self.port or 0, call, self.secure)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error
        # A second handle on the same connection: encryption takes the first one over, and the
        # watch must be able to end a handshake, too.
        self._let_go()
        self.handle = call.link = link.dup()
        return link

    def send(self, data: Any) -> None:
        """Send, after noting that from here on the service may have got something."""
        if self.sock is None and self.auto_open:
            self.connect()
        call = current()
        call.link = self.handle
        call.sent = True
        super().send(data)

    def close(self) -> None:
        """Close the connection and the second handle on it."""
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self.handle is not None:
            self.handle.close()
            self.handle = None


class _WatchedSecure(_Watched, HTTPSConnection):
    secure = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _WatchedSecure


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Redirects are ours to judge; to find the next one the library reads the whole answer."""


def new_session(agent: str) -> requests.Session:
    """Return a session that repeats nothing, keeps no cookies and reads no password files."""
    # At the debug level the library writes whole addresses, signed ones too, into the log.
    logging.getLogger("urllib3").setLevel(logging.INFO)
    session = _Session()
    session.trust_env = False  # no .netrc, which would add credentials that we don't know of
    session.verify = _authorities()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    # identity: nothing that is sent small can grow large here.
    session.headers.update({"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity"})
    never = Retry(total=0, read=False, redirect=False)
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(pool_connections=4, pool_maxsize=2, max_retries=never))
    return session


def _authorities() -> str | bool:
    """Return a company's own list of certificate authorities, if one is set; else the usual."""
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        path = os.environ.get(name)
        if path:
            return path
    return True


def drop_idle(session: requests.Session) -> None:
    """Close kept connections, so that the next request travels on a new one."""
    with contextlib.suppress(OSError):
        session.close()
