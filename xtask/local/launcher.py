"""Starts MiniStack as the local AWS of this repository, with the corrections that the sign-in needs.

Each correction below makes MiniStack behave as AWS is documented to, where it does not, and says why it is here. Nothing
here makes the local AWS laxer than AWS. Corrections reach into MiniStack's own functions, so they hold for exactly one
version, and whatever they reach for is checked before anything is started.
"""

import ast
import errno
import functools
import inspect
import ipaddress
import json
import os
import sys
import threading
from email.utils import parseaddr
from importlib import import_module, metadata

MINISTACK_VERSION = "1.5.33"


def stop(message):
    """Ends the launcher with one line that the caller can show."""
    raise SystemExit(f"launcher: {message}")


def wanted(module, name, *parameters):
    """The named function of a MiniStack module, if it is there and still takes these parameters."""
    found = getattr(module, name, None)
    if found is None:
        stop(f"`{module.__name__}.{name}` is not there to be corrected: this MiniStack is not {MINISTACK_VERSION}")
    if list(inspect.signature(found).parameters)[: len(parameters)] != list(parameters):
        stop(f"`{module.__name__}.{name}` takes other parameters: this MiniStack is not {MINISTACK_VERSION}")
    return found


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


def authorise_mail_as_ses_does(app, ses):
    """MiniStack authorises SES v2 SendEmail on the resource `*` and without condition keys, so the policy that production
    needs is refused. SES checks the sender's identity (the address, else its domain), the configuration set if one is
    named, and offers `ses:FromAddress`.
    """
    enforce = wanted(app, "_enforce_ses_v2", "method", "path", "headers", "body", "query_params", "request_id")
    check = wanted(app, "_enforce_data_plane", "service", "iam_action", "headers", "query_params", "request_id")
    identity_of = wanted(ses, "_notification_identity", "source")
    region_of = wanted(app, "extract_region", "headers", "query_params")

    @functools.wraps(enforce)
    def corrected(method, path, headers, body, query_params, request_id):
        if method != "POST" or path.rstrip("/") != "/v2/email/outbound-emails":
            return enforce(method, path, headers, body, query_params, request_id)
        try:
            mail = json.loads(body or b"{}")
            sender = parseaddr(mail.get("FromEmailAddress") or "")[1]
        except (ValueError, AttributeError):
            mail, sender = {}, ""
        from ministack.core.responses import get_account_id

        prefix = f"arn:aws:ses:{region_of(headers, query_params)}:{get_account_id()}"
        identity, _record = identity_of(sender) or (sender, None)
        resources = [mail.get("FromEmailAddressIdentityArn") or f"{prefix}:identity/{identity}"]
        if mail.get("ConfigurationSetName"):
            resources.append(f"{prefix}:configuration-set/{mail['ConfigurationSetName']}")
        for resource in resources:
            denied = check(
                "sesv2", "ses:SendEmail", headers, query_params, request_id, resource_arn=resource,
                service_context={"ses:FromAddress": sender}, named_resource=resource,
            )
            if denied:
                return denied
        return None

    app._enforce_ses_v2 = corrected


def import_keys(changesets, provisioners, secrets):
    """MiniStack cannot import an AWS::SecretsManager::Secret into a stack. AWS can, by its ARN, under the name `Id`."""
    lookups = getattr(changesets, "_IMPORT_LOOKUPS", None)
    handler = (getattr(provisioners, "_RESOURCE_HANDLERS", None) or {}).get("AWS::SecretsManager::Secret")
    resolve = wanted(secrets, "_resolve", "secret_id")
    if not isinstance(lookups, dict) or not isinstance(handler, dict):
        stop("the import of resources is not there to be corrected")

    def problem(arn):
        _key, secret = resolve(arn)
        if secret is None or secret["DeletedDate"]:
            return f"Resource of type 'AWS::SecretsManager::Secret' with identifier '{arn}' was not found."
        return None

    def adopt(identifier):
        _key, secret = resolve(identifier["Id"])
        return secret["Name"], {"Id": secret["ARN"], "Arn": secret["ARN"]}

    lookups["AWS::SecretsManager::Secret"] = (("Id",), problem)
    handler["import"] = adopt


def protect_pools(cognito):
    """MiniStack deletes a user pool whose DeletionProtection is ACTIVE. Cognito refuses until it is INACTIVE."""
    delete = wanted(cognito, "_delete_user_pool", "data")
    resolve = wanted(cognito, "_resolve_pool", "pool_id")
    answer = wanted(cognito, "error_response_json", "code", "message", "status")

    @functools.wraps(delete)
    def corrected(data):
        pool, _error = resolve(data.get("UserPoolId"))
        if pool and pool.get("DeletionProtection") == "ACTIVE":
            message = "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first."
            return answer("InvalidParameterException", message, 400)
        return delete(data)

    cognito._delete_user_pool = corrected


def live_on_if_told():
    """Ends the process unless the command that started it says `keep` on the pipe that is this process's standard input.

    The command says so once it has found the local AWS ready and written down where it is. If it is interrupted or killed
    before that, the pipe closes, so nothing half started is ever left.
    """

    def wait():
        # Not through `sys.stdin`: Python cannot end in good order while a thread waits in there.
        said = b""
        while more := os.read(0, 16):
            said += more
            if said == b"keep\n":
                break
        else:
            os._exit(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    threading.Thread(target=wait, name="live-on-if-told", daemon=True).start()


def main():
    # The local AWS outlives the command that starts it, so the terminal's signals are not for it.
    if os.getsid(0) != os.getpid():
        os.setsid()
    live_on_if_told()
    if os.environ.get("AUTH") != "true":
        stop("`AUTH=true` is wanted: without it no permission is checked, and a deploy that works here fails on AWS")
    try:
        version = metadata.version("ministack")
    except metadata.PackageNotFoundError:
        stop("MiniStack is not installed")
    if version != MINISTACK_VERSION:
        stop(f"MiniStack {MINISTACK_VERSION} is wanted, and {version} is installed")

    sys.addaudithook(stay_on_this_machine)
    app = import_module("ministack.app")
    cognito = import_module("ministack.services.cognito")
    ses = import_module("ministack.services.ses")
    cloudformation = "ministack.services.cloudformation"
    lift_rounds_limit(cognito)
    name_users_alike(cognito)
    refuse_once(cognito)
    authorise_mail_as_ses_does(app, ses)
    protect_pools(cognito)
    import_keys(
        import_module(f"{cloudformation}.changesets"),
        import_module(f"{cloudformation}.provisioners"),
        import_module("ministack.services.secretsmanager"),
    )
    app.main()


if __name__ == "__main__":
    main()
