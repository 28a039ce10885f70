"""Whose calls are taken: those signed with the keys of this start, or with those of users and roles in the local AWS."""

import dataclasses
import functools
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs

from .support import replace, stop, wanted


@dataclass(frozen=True)
class Keys:
    """What the command that starts the local AWS has made for its own calls."""

    access_key_id: str
    secret_access_key: str
    token: str

    @classmethod
    def taken_from(cls, environment):
        """Reads and removes them: functions inherit the environment."""
        names = ("LOCAL_AWS_ACCESS_KEY_ID", "LOCAL_AWS_SECRET_ACCESS_KEY", "LOCAL_AWS_TOKEN")
        values = [environment.pop(name, "") for name in names]
        if not all(values):
            stop("the keys of the local AWS are wanted: start it with `cargo xtask local start`")
        return cls(*values)


class Signatures:
    """Checks Signature Version 4, in the header or in the query, by MiniStack's own arithmetic."""

    def __init__(self, keys, evaluator, sigv4, router, account):
        self.keys, self.evaluator, self.sigv4, self.router, self.account = keys, evaluator, sigv4, router, account

    def failure(self, request, raw_path, body):
        """Code and message of why the signature is not good, or None."""
        headers = {}
        for name, value in request.headers:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        query = parse_qs(request.query, keep_blank_values=True)
        authorization = headers.get("authorization")
        presigned = authorization is None
        if presigned and "x-amz-signature" not in request.query.lower():
            return "MissingAuthenticationToken", "Missing Authentication Token"
        if not presigned and not authorization.startswith("AWS4-HMAC-SHA256 "):
            return "IncompleteSignature", "The local AWS takes Signature Version 4 (AWS4-HMAC-SHA256) alone."
        if presigned:
            signature = self.sigv4.parse_query_signature(query)
        else:
            signature = self.sigv4.parse_header_signature(headers)
        if isinstance(signature, tuple):
            return signature
        late = self._expired(signature, query) if presigned else self.sigv4.request_time_failure(signature)
        if late:
            return late
        # The key by which MiniStack decides on permissions.
        key = self.router.extract_access_key_id(headers, query)
        token = (query.get("X-Amz-Security-Token") or [""])[0] if presigned else headers.get("x-amz-security-token", "")
        credential = self._credential(key, token)
        if credential is None or key != signature.access_key_id:
            return "InvalidClientTokenId", (
                "The security token included in the request is invalid. `cargo xtask local env` prints the keys.")
        return self.sigv4.header_signature_failure(
            signature, credential.secret_access_key, request.method, raw_path, query, headers, body,
            presigned=presigned)

    def _expired(self, signature, query):
        expires = (query.get("X-Amz-Expires") or [""])[0]
        try:
            expired = self.sigv4.presigned_request_is_expired(signature.amz_date, expires)
        except ValueError:
            expired = True
        return ("AccessDenied", "Request has expired") if expired else None

    def _credential(self, key, token):
        if not key:
            return None
        from ministack.core.responses import _account_from_sts_session

        try:
            owner = self.evaluator.find_iam_access_key_account(key)
        except self.evaluator.AmbiguousAccessKeyError:
            return None
        account = _account_from_sts_session(key) or owner or self.account
        found = self.evaluator.resolve_credential(key, account, token)
        return None if isinstance(found, self.evaluator.CredentialResolutionError) else found


def know_root_by_its_keys(evaluator, keys):
    """MiniStack takes `test`, every account's number and no key at all for root, whatever the signature. Root is who has the
    keys of this start. A call without a key comes this far only where AWS takes it unsigned.
    """
    resolve = wanted(evaluator, "resolve_credential", "access_key_id", "account_id", "session_token")
    wanted(evaluator, "is_root_access_key", "access_key_id")

    def is_root(access_key_id):
        return access_key_id in ("", keys.access_key_id)

    @functools.wraps(resolve)
    def corrected(access_key_id, account_id=None, *rest, **named):
        found = resolve(access_key_id, account_id, *rest, **named)
        if access_key_id != keys.access_key_id or isinstance(found, evaluator.CredentialResolutionError):
            return found
        return dataclasses.replace(found, secret_access_key=keys.secret_access_key)

    replace(evaluator, "is_root_access_key", is_root)
    replace(evaluator, "resolve_credential", corrected)


def make_role_keys_unforeseeable(runtime):
    """MiniStack makes the credentials of a function's role from the names of function and role, so that whoever can guess
    these has them. The role's path goes into them as well, and nothing else of it is used: it becomes a random one.
    """
    credentials = wanted(runtime, "execution_credentials", "config")
    salt = secrets.token_hex(32)

    @functools.wraps(credentials)
    def corrected(config):
        head, _slash, name = str(config.get("Role", "")).rpartition("/")
        return credentials({**config, "Role": f"{head}/{salt}/{name}"})

    replace(runtime, "execution_credentials", corrected)
