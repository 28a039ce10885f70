"""Signing in, as Cognito does it."""

import ast
import functools

from .support import stop, wanted


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
    user's name would otherwise never be found again by the last of them.
    """

    def own_name(build):
        @functools.wraps(build)
        def corrected(pool_id, client_id, username, *rest):
            user, _error = cognito._resolve_user(cognito._user_pools.get(pool_id), username)
            return build(pool_id, client_id, user["Username"] if user else username, *rest)

        return corrected

    wanted(cognito, "_resolve_user", "pool", "username")
    for trigger in ("define", "create", "verify"):
        name = f"_build_{trigger}_auth_challenge_event"
        setattr(cognito, name, own_name(wanted(cognito, name, "pool_id", "client_id", "username")))


class PreTokenGenerationFailed(Exception):
    """The trigger's own error."""


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
            raise PreTokenGenerationFailed(reason(error)) from error

    @functools.wraps(run)
    def corrected_run(handler, action, data):
        try:
            return run(handler, action, data)
        except PreTokenGenerationFailed as error:
            message = f"PreTokenGeneration failed with error {error}."
            return answer("UserLambdaValidationException", message, 400)

    cognito._apply_pretoken_trigger = corrected_apply
    cognito._run_idp_handler = corrected_run
