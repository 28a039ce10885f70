"""The launcher's sockets: on this machine alone, and for its functions alone."""

import errno
import functools
import http.server
import ipaddress
import socket
import sys

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


def close_other_servers(user):
    """Each function gets its events from a small server of its own, on a port of its own, which others could reach, too: a
    page or another user's program would take an event away, or read it and answer it. Functions are this user's programs, and
    send neither `Origin` nor what browsers say of a request.
    """
    parse = http.server.BaseHTTPRequestHandler.parse_request

    def of_a_function(handler):
        hosts = handler.headers.get_all("host", [])
        browser = any(name.lower() == "origin" or name.lower().startswith("sec-fetch-") for name in handler.headers)
        if len(hosts) != 1 or not HOST.fullmatch(hosts[0]) or browser:
            return False
        # Once for each connection.
        if not hasattr(handler, "of_this_user"):
            handler.of_this_user = user_of(handler.connection) == user
        return handler.of_this_user

    @functools.wraps(parse)
    def corrected(self):
        if not parse(self):
            return False
        if of_a_function(self):
            return True
        self.close_connection = True
        self.send_error(403)
        return False

    http.server.BaseHTTPRequestHandler.parse_request = corrected


def user_of(connection):
    """The user whose program has the other end of a connection, from the kernel's table; None if it is not there."""

    def end(address):
        return f"{int.from_bytes(socket.inet_aton(address[0]), sys.byteorder):08X}:{address[1]:04X}"

    # As the other end sees it. Its port alone is not enough: it may have connections to others from there.
    theirs = [end(connection.getpeername()), end(connection.getsockname())]
    # A table that changes while it is read may skip a line.
    for _look in range(10):
        with open("/proc/net/tcp", encoding="ascii") as table:
            for fields in map(str.split, table):
                if fields[1:3] == theirs:
                    return int(fields[7])
    return None
