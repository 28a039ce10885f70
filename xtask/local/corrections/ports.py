"""The launcher's sockets: on this machine alone, and for its functions alone."""

import errno
import functools
import http.server
import ipaddress

from .guard import HOST


def stay_on_this_machine(event, arguments):
    """Audit hook: refuses every socket that would listen on, or reach for, anything but the loopback interface.

    Some of MiniStack's services open ports of their own on every interface, or call out, once something uses them.
    """
    if event not in ("socket.bind", "socket.connect"):
        return
    address = arguments[1]
    if not isinstance(address, tuple):  # a Unix socket
        return
    host = address[0]
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise PermissionError(errno.EPERM, f"{event} on `{host}`: the local AWS uses the loopback interface alone")


def close_other_servers():
    """Each function gets its events from a small server of its own, on a port of its own, which a page could reach, too: it
    would take an event away, or under a foreign name read it and answer it. Functions send neither `Origin` nor what browsers
    say of a request.
    """
    parse = http.server.BaseHTTPRequestHandler.parse_request

    @functools.wraps(parse)
    def corrected(self):
        if not parse(self):
            return False
        hosts = self.headers.get_all("host", [])
        browser = any(name.lower() == "origin" or name.lower().startswith("sec-fetch-") for name in self.headers)
        if len(hosts) == 1 and HOST.fullmatch(hosts[0]) and not browser:
            return True
        self.close_connection = True
        self.send_error(403)
        return False

    http.server.BaseHTTPRequestHandler.parse_request = corrected
