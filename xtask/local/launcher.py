"""Starts MiniStack as the local AWS of this repository, closed to everybody but the tool, and with the corrections that the
sign-in needs.

Each correction makes MiniStack behave as AWS is documented to, where it does not, and says why it is here. None makes the
local AWS laxer than AWS. Corrections reach into MiniStack's own functions, so they hold for exactly one version, and whatever
they reach for is checked before anything is started.
"""

import os
import sys
import threading
from importlib import import_module, metadata
from pathlib import Path

# Python is started isolated, so it does not look beside this file by itself. Nothing is written there either.
sys.path.insert(0, str(Path(__file__).resolve().parent))
_writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
from corrections import credentials, guard, pools, ports, services, sign_in, support  # noqa: E402

sys.dont_write_bytecode = _writes_bytecode


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
        support.stop("`AUTH=true` is wanted: without it no permission is checked, and a deploy that works here fails on AWS")
    try:
        version = metadata.version("ministack")
    except metadata.PackageNotFoundError:
        support.stop("MiniStack is not installed")
    if version != support.MINISTACK_VERSION:
        support.stop(f"MiniStack {support.MINISTACK_VERSION} is wanted, and {version} is installed")
    keys = credentials.Keys.taken_from(os.environ)

    sys.addaudithook(ports.stay_on_this_machine)
    ports.close_other_servers()
    app = import_module("ministack.app")
    close(app, keys)
    correct(app)
    app.main()


def close(app, keys):
    """Nothing comes to MiniStack unless it may."""
    evaluator = import_module("ministack.core.iam_evaluator")
    import_module("ministack.services.sts")
    credentials.know_root_by_its_keys(evaluator, keys)
    credentials.make_role_keys_unforeseeable(import_module("ministack.core.lambda_runtime"))
    sigv4, router = import_module("ministack.core.sigv4"), import_module("ministack.core.router")
    cognito = import_module("ministack.services.cognito")
    signatures = credentials.Signatures(keys, evaluator, sigv4, router, os.environ["MINISTACK_ACCOUNT_ID"])
    public = import_module("ministack.core.iam_actions").unsigned_operations("cognito-idp")
    guard.guard(app, keys, signatures, lambda pool: cognito._get_pool_unscoped(pool) is not None, public)


def correct(app):
    cognito = import_module("ministack.services.cognito")
    cloudformation = "ministack.services.cloudformation"
    provisioners = import_module(f"{cloudformation}.provisioners")
    sign_in.lift_rounds_limit(cognito)
    sign_in.name_users_alike(cognito)
    sign_in.give_no_tokens_to_the_disabled(cognito)
    sign_in.keep_initial_metadata_from_triggers(cognito)
    sign_in.take_secret_hash_of_either_name(cognito)
    pools.tell_no_names_apart_by_case(cognito)
    sign_in.answer_alike_for_unknown_users(cognito)
    pools.enforce_write_attributes(cognito)
    pools.reset_what_an_update_leaves_out(cognito, provisioners)
    pools.protect_pools(cognito)
    # Outside of all that refuses.
    sign_in.refuse_once(cognito)
    services.authorise_mail_as_ses_does(app, import_module("ministack.services.ses"))
    services.import_keys(
        import_module(f"{cloudformation}.changesets"), provisioners, import_module("ministack.services.secretsmanager"))
    services.make_metrics_of_log_lines(
        import_module("ministack.services.lambda_svc"), import_module("ministack.services.cloudwatch"))


if __name__ == "__main__":
    main()
