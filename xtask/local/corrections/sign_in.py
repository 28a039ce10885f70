"""Signing in, as Cognito does it."""

import ast
import base64
import contextvars
import functools
import hashlib
import hmac
import uuid

from .support import Refused, stop, wanted


def lift_rounds_limit(cognito):
    """MiniStack ends CUSTOM_AUTH after three answered rounds, the two of SRP among them, so one wrong code ended the
    sign-in. AWS documents no limit: its own example chains two custom challenges after SRP. DefineAuthChallenge decides.
    """
    if cognito is None or not isinstance(getattr(cognito, "_MAX_CHALLENGE_ATTEMPTS", None), int):
        stop("`_MAX_CHALLENGE_ATTEMPTS` is not there to be corrected")
    cognito._MAX_CHALLENGE_ATTEMPTS = 1_000_000


def name_users_alike(cognito):
    """MiniStack hands the three challenge triggers whatever name the client typed, and PreTokenGeneration the user's own.
    AWS hands all of them the user's own, which in a pool that signs in by e-mail address is a UUID. State bound to the
    user's name would otherwise never be found again by the last of them. It also says of every user that there is one.
    """

    def own_name(build):
        @functools.wraps(build)
        def corrected(pool_id, client_id, username, *rest):
            user, _error = cognito._resolve_user(cognito._user_pools.get(pool_id), username)
            event = build(pool_id, client_id, user["Username"] if user else username, *rest)
            event["request"]["userNotFound"] = user is None or "_invented" in user
            return event

        return corrected

    wanted(cognito, "_resolve_user", "pool", "username")
    for trigger in ("define", "create", "verify"):
        name = f"_build_{trigger}_auth_challenge_event"
        setattr(cognito, name, own_name(wanted(cognito, name, "pool_id", "client_id", "username")))


def refuse_once(cognito):
    """MiniStack answers a failed PreTokenGeneration with HTTP 500. Every SDK repeats such a call, finds the session used
    up, and reports that instead of the refusal. AWS answers UserLambdaValidationException, which is not repeated.
    """
    apply = wanted(cognito, "_apply_pretoken_trigger", "pool_id", "claims", "token_type")
    run = wanted(cognito, "_run_idp_handler", "handler", "action", "data")
    answer = wanted(cognito, "error_response_json", "code", "message", "status")

    def reason(error):
        text = str(error).removeprefix("PreTokenGeneration error: ")
        try:
            return ast.literal_eval(text)["errorMessage"]
        except (ValueError, SyntaxError, KeyError, TypeError):
            return text

    @functools.wraps(apply)
    def corrected_apply(*arguments, **named):
        try:
            return apply(*arguments, **named)
        except Exception as error:
            message = f"PreTokenGeneration failed with error {reason(error)}."
            raise Refused("UserLambdaValidationException", message) from error

    @functools.wraps(run)
    def corrected_run(handler, action, data):
        try:
            return run(handler, action, data)
        except Refused as refused:
            return answer(refused.code, str(refused), 400)

    cognito._apply_pretoken_trigger = corrected_apply
    cognito._run_idp_handler = corrected_run


def give_no_tokens_to_the_disabled(cognito):
    """MiniStack asks whether a user is disabled when the sign-in begins. AWS asks until there are tokens."""
    build = wanted(cognito, "_build_auth_result", "pool_id", "client_id", "user")

    @functools.wraps(build)
    def corrected(pool_id, client_id, user, *rest, **named):
        if "_invented" in user:
            raise Refused("NotAuthorizedException", "Incorrect username or password.")
        if not user.get("Enabled", True):
            raise Refused("NotAuthorizedException", "User is disabled.")
        return build(pool_id, client_id, user, *rest, **named)

    cognito._build_auth_result = corrected


def keep_initial_metadata_from_triggers(cognito):
    """MiniStack hands the ClientMetadata of InitiateAuth to the challenge triggers and to PreTokenGeneration. AWS hands them
    that of RespondToAuthChallenge alone.
    """
    run = wanted(cognito, "_run_idp_handler", "handler", "action", "data")

    @functools.wraps(run)
    def corrected(handler, action, data):
        if action in ("InitiateAuth", "AdminInitiateAuth"):
            data = {name: value for name, value in data.items() if name != "ClientMetadata"}
        return run(handler, action, data)

    cognito._run_idp_handler = corrected


def answer_alike_for_unknown_users(cognito):
    """MiniStack answers CUSTOM_AUTH for an unknown user with UserNotFoundException. Where a client has
    PreventUserExistenceErrors ENABLED, AWS goes through the sign-in as for a user whose password nobody knows, and tells the
    triggers by `userNotFound`.
    """
    run = wanted(cognito, "_run_idp_handler", "handler", "action", "data")
    resolve = wanted(cognito, "_resolve_user", "pool", "username")
    hides = wanted(cognito, "_hides_user_existence", "pool", "client_id")
    pool_of = wanted(cognito, "_pool_for_client", "cid")
    inventing = contextvars.ContextVar("inventing", default=False)

    def invented(pool, name):
        digest = hashlib.sha256(f"{pool['Id']}:{name.lower()}".encode()).digest()
        # Where people sign in by address, users have UUIDs for names.
        known_as = str(uuid.UUID(bytes=digest[:16], version=4)) if pool.get("UsernameAttributes") else name
        password = uuid.uuid4().hex
        return {"Username": known_as, "Attributes": [], "UserStatus": "CONFIRMED", "_password": password, "_invented": True}

    @functools.wraps(resolve)
    def corrected_resolve(pool, username):
        found = resolve(pool, username)
        if found[0] is None and isinstance(username, str) and inventing.get():
            return invented(pool, username), None
        return found

    @functools.wraps(run)
    def corrected_run(handler, action, data):
        custom = data.get("AuthFlow") == "CUSTOM_AUTH"
        if not custom and data.get("ChallengeName") not in ("CUSTOM_CHALLENGE", "PASSWORD_VERIFIER"):
            return run(handler, action, data)

        def handle(data):
            pool, _pool_id = pool_of(data.get("ClientId"))
            token = inventing.set(bool(pool and hides(pool, data.get("ClientId"))))
            try:
                return handler(data)
            finally:
                inventing.reset(token)

        # Only there is it known which Region's pools are meant.
        return run(handle, action, data)

    cognito._resolve_user = corrected_resolve
    cognito._run_idp_handler = corrected_run


def take_secret_hash_of_either_name(cognito):
    """A user signs in by an alias and is then called by the user's own name. MiniStack wants the hash in an answer to be of the
    very name beside it. AWS takes the hash of the name that the sign-in began with and of the one that it goes on with.
    """
    validate = wanted(cognito, "_validate_client_secret_hash", "action", "data")
    wanted(cognito, "_resolve_user", "pool", "username")

    @functools.wraps(validate)
    def corrected(action, data):
        error = validate(action, data)
        session = cognito._challenge_sessions.get(data.get("Session"))
        responses = data.get("ChallengeResponses")
        if error is None or session is None or not isinstance(responses, dict) or session["client_id"] != data.get("ClientId"):
            return error
        pool = cognito._user_pools.get(session["pool_id"]) or {}
        client = (pool.get("_clients") or {}).get(session["client_id"]) or {}
        user, _error = cognito._resolve_user(pool, session["username"]) if pool else (None, None)
        names = [session["username"], *([user["Username"]] if user else [])]
        supplied = responses.get("SECRET_HASH")
        if not isinstance(supplied, str) or not client.get("ClientSecret"):
            return error
        for name in names:
            message = (name + session["client_id"]).encode()
            digest = hmac.new(client["ClientSecret"].encode(), message, hashlib.sha256).digest()
            if hmac.compare_digest(base64.b64encode(digest), supplied.encode()):
                return None
        return error

    cognito._validate_client_secret_hash = corrected
