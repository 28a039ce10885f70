"""Keeps web pages, other users and unsigned calls out of the local AWS.

Its port is open to every program of the machine, and to every page in a browser on it. MiniStack takes any `Host` and
`Origin`, and takes root's well-known keys without a signature; it runs the code of functions as the user. So nothing comes
to MiniStack before it has passed here.
"""

import functools
import hmac
import re
import uuid
from collections import Counter
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from .support import wanted

_LOOPBACK = r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?"
HOST = re.compile(_LOOPBACK, re.IGNORECASE)
_ORIGIN = re.compile(rf"https?://{_LOOPBACK}", re.IGNORECASE)
_WELL_KNOWN = re.compile(r"/([A-Za-z0-9_-]+)/\.well-known/(?:jwks\.json|openid-configuration)")
_COGNITO = "AWSCognitoIdentityProviderService."
_READINESS = frozenset({"/_ministack/ready", "/_ministack/health"})
_INTERNAL = ("/_ministack/", "/_localstack/")
TOKEN_HEADER = "x-local-aws-token"
# Headers that decide. One that comes twice could mean one thing here and another behind.
_ONCE = frozenset({
    "host", "origin", "authorization", "content-type", "sec-fetch-site", "x-amz-date", "x-amz-security-token",
    "x-amz-target", TOKEN_HEADER,
})


@dataclass(frozen=True)
class Request:
    """What is decided on before a body is read."""

    method: str
    path: str
    query: str
    headers: list

    @functools.cached_property
    def fields(self):
        return dict(self.headers)

    def header(self, name):
        return self.fields.get(name)

    @property
    def is_signed(self):
        return self.header("authorization") is not None or "x-amz-" in self.query.lower()


def stranger(request):
    """Why a request comes from where none may come from, or None. A browser says where by headers that no page can set.

    A front end at `http://localhost:4200` calls `http://127.0.0.1:PORT`: that is cross-site, and has an `Origin`.
    """
    repeated = [name for name, count in Counter(name for name, _ in request.headers).items() if count > 1]
    if _ONCE.intersection(repeated):
        return "a header that decides is there twice"
    if not HOST.fullmatch(request.header("host") or ""):
        return "the local AWS is `127.0.0.1` or `localhost`, and goes by no other name"
    origin = request.header("origin")
    if origin is not None and not _ORIGIN.fullmatch(origin):
        return "pages of other origins than this machine's are not served"
    if origin is None and request.header("sec-fetch-site") == "cross-site":
        return "requests of other sites are not served"
    return None


def is_public(request, is_pool, public_operations):
    """Whether AWS takes this request from everybody: Cognito's public operations, the keys that verify tokens. And, of the
    local AWS alone, whether it is ready.
    """
    if request.is_signed:
        return False
    if request.method == "GET":
        pool = _WELL_KNOWN.fullmatch(request.path)
        return request.path in _READINESS or bool(pool and is_pool(pool[1]))
    target = request.header("x-amz-target") or ""
    kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
    return (
        (request.method, request.path, request.query) == ("POST", "/", "")
        and kind == "application/x-amz-json-1.1"
        and target.startswith(_COGNITO)
        and target[len(_COGNITO) :] in public_operations
    )


def _answer(status, text, **headers):
    return status, {"Content-Type": "text/plain; charset=utf-8", **headers}, f"{text}\n".encode()


def _preflight(request):
    """MiniStack allows everything to everybody. Here it is the loopback origins that may ask what AWS lets browsers ask."""
    asked = request.header("access-control-request-headers")
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
        "Access-Control-Max-Age": "600",
        **({"Access-Control-Allow-Headers": asked} if asked else {}),
    }
    return 200, headers, b""


def with_cors(origin, headers):
    """The headers of an answer, readable by the origin that has asked and by no other."""
    kept = [(name, value) for name, value in headers if not name.lower().startswith(b"access-control-allow-origin")]
    if origin is None:
        kept = [(name, value) for name, value in kept if not name.lower().startswith(b"access-control-")]
    else:
        kept.append((b"access-control-allow-origin", origin.encode("latin-1")))
    return [*kept, (b"vary", b"Origin")]


def guard(app, keys, signatures, is_pool, public_operations):
    """The ASGI application, behind all of the above."""
    serve = wanted(app, "app", "scope", "receive", "send")
    shape = wanted(app, "_credential_failure", "service", "iam_action", "request_id", "denied", "headers")
    service_of = wanted(app, "detect_service", "method", "path", "headers", "query_params")

    def refusal(code, message, request):
        """In the form of the service that was called, so that its SDK can read it."""
        query = parse_qs(request.query, keep_blank_values=True)
        service = service_of(request.method, request.path, request.fields, query)
        return shape(service, "", str(uuid.uuid4()), signatures.evaluator.AuthError(code, message), request.fields)

    def verdict(request):
        """An answer instead of the service's, or None; and whether the signature has still to be checked."""
        why = stranger(request)
        if why:
            return _answer(403, why), False
        if request.method == "OPTIONS" and request.header("origin") is not None:
            return _preflight(request), False
        if is_public(request, is_pool, public_operations):
            return None, False
        if request.path.startswith(_INTERNAL):
            given = request.header(TOKEN_HEADER) or ""
            if hmac.compare_digest(given.encode("latin-1"), keys.token.encode("latin-1")):
                return None, False
            return _answer(403, f"`{request.path}` is for the tool that has started the local AWS"), False
        if not request.is_signed:
            return refusal("MissingAuthenticationToken", "Missing Authentication Token", request), False
        return None, True

    @functools.wraps(serve)
    async def guarded(scope, receive, send):
        if scope["type"] == "lifespan":
            return await serve(scope, receive, send)
        if scope["type"] != "http":
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        request = Request(scope["method"], scope["path"], scope.get("query_string", b"").decode("latin-1"), headers)
        origin = request.header("origin")

        async def reply(answer):
            status, fields, body = answer
            sent = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in fields.items()]
            sent = [*sent, (b"content-length", str(len(body)).encode())]
            allowed = origin if origin and _ORIGIN.fullmatch(origin) else None
            await send({"type": "http.response.start", "status": status, "headers": with_cors(allowed, sent)})
            await send({"type": "http.response.body", "body": body})

        async def send_on(message):
            if message["type"] == "http.response.start":
                message = {**message, "headers": with_cors(origin, message.get("headers", []))}
            await send(message)

        answer, to_verify = verdict(request)
        if answer is not None:
            return await reply(answer)
        if not to_verify:
            return await serve(scope, receive, send_on)
        body = await _whole(receive)
        if body is None:
            return None
        raw_path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
        failure = signatures.failure(request, raw_path, body)
        if failure:
            return await reply(refusal(*failure, request))
        return await serve(scope, _again(body, receive), send_on)

    app.app = guarded


async def _whole(receive):
    """The body, or None if the client went away before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body, receive):
    """Gives the body that was read already, and then what comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message():
        return waiting.pop() if waiting else await receive()

    return next_message
