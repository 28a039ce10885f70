"""User pools, their clients and their users, as Cognito keeps them."""

import copy
import functools

from .support import Refused, stop, wanted


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


def enforce_write_attributes(cognito):
    """MiniStack lets a user write every attribute. Cognito takes those of the app client's WriteAttributes and those that the
    pool requires; a client without a list writes all.
    """
    run = wanted(cognito, "_run_idp_handler", "handler", "action", "data")
    pool_of = wanted(cognito, "_pool_for_client", "cid")
    claims_of = wanted(cognito, "_token_claims", "token")

    def check(action, data):
        written = {pair.get("Name") for pair in data.get("UserAttributes") or [] if isinstance(pair, dict)}
        client_id = data.get("ClientId") if action == "SignUp" else claims_of(data.get("AccessToken")).get("client_id")
        pool, _pool_id = pool_of(client_id)
        writable = ((pool or {}).get("_clients", {}).get(client_id) or {}).get("WriteAttributes")
        if not writable:
            return
        required = {entry["Name"] for entry in pool["SchemaAttributes"] if entry.get("Required") and entry["Name"] != "sub"}
        if written - set(writable) - required:
            raise Refused("NotAuthorizedException", "A client attempted to write unauthorized attribute")

    @functools.wraps(run)
    def corrected(handler, action, data):
        if action not in ("SignUp", "UpdateUserAttributes"):
            return run(handler, action, data)

        def checked(data):
            check(action, data)
            return handler(data)

        # Behind the checks of token and secret hash.
        return run(checked, action, data)

    cognito._run_idp_handler = corrected


def tell_no_names_apart_by_case(cognito):
    """MiniStack compares user names and aliases letter by letter. Cognito ignores case in a pool whose UsernameConfiguration
    says `CaseSensitive: false`.
    """
    resolve = wanted(cognito, "_resolve_user", "pool", "username")

    def same_but_for_case(pool, username):
        without_case = str((pool.get("UsernameConfiguration") or {}).get("CaseSensitive")).lower() == "false"
        if not without_case or not isinstance(username, str):
            return
        aliases = {*(pool.get("UsernameAttributes") or []), *(pool.get("AliasAttributes") or [])}
        for user in pool["_users"].values():
            values = [pair.get("Value") for pair in user.get("Attributes", []) if pair.get("Name") in aliases]
            for name in [user["Username"], *values]:
                if isinstance(name, str) and name.lower() == username.lower():
                    yield name

    @functools.wraps(resolve)
    def corrected_resolve(pool, username):
        found = resolve(pool, username)
        if found[0] is None:
            others = (resolve(pool, name) for name in same_but_for_case(pool, username))
            return next((other for other in others if other[0] is not None), found)
        return found

    def as_known(pool_of, create):
        """So that a second user of the same name is refused, whatever its case."""

        @functools.wraps(create)
        def corrected_create(data):
            pool = pool_of(data)
            user = corrected_resolve(pool, data.get("Username"))[0] if pool else None
            if user and str(data.get("Username")).lower() == user["Username"].lower():
                data = {**data, "Username": user["Username"]}
            return create(data)

        return corrected_create

    cognito._resolve_user = corrected_resolve
    cognito._admin_create_user = as_known(
        lambda data: cognito._user_pools.get(data.get("UserPoolId")), wanted(cognito, "_admin_create_user", "data"))
    cognito._sign_up = as_known(
        lambda data: cognito._pool_for_client(data.get("ClientId"))[0], wanted(cognito, "_sign_up", "data"))


def reset_what_an_update_leaves_out(cognito, provisioners):
    """MiniStack keeps what UpdateUserPool and UpdateUserPoolClient leave out. Cognito sets it to its default. MiniStack's
    CloudFormation knows these defaults, and does not come through here.
    """
    run = wanted(cognito, "_run_idp_handler", "handler", "action", "data")
    pool_defaults = getattr(provisioners, "_COGNITO_USER_POOL_UPDATABLE", None)
    client_defaults = getattr(provisioners, "_COGNITO_USER_POOL_CLIENT_UPDATABLE", None)
    if not isinstance(pool_defaults, dict) or not isinstance(client_defaults, dict):
        stop("the defaults of user pools are not there to be corrected")
    # A name cannot be empty, so leaving it out means nothing.
    client_defaults = {key: value for key, value in client_defaults.items() if key != "ClientName"}
    pool_defaults = {**pool_defaults, "UserPoolTier": "ESSENTIALS"}
    # A new pool has no such member at all; any value of `DeviceConfiguration` turns devices on.
    absent = ("DeviceConfiguration", "UserAttributeUpdateSettings", "UserPoolAddOns", "VerificationMessageTemplate")

    @functools.wraps(run)
    def corrected(handler, action, data):
        if action == "UpdateUserPoolClient":
            return run(handler, action, {**copy.deepcopy(client_defaults), **data})
        if action != "UpdateUserPool":
            return run(handler, action, data)
        answer = run(handler, action, {**copy.deepcopy(pool_defaults), **data})
        pool = cognito._user_pools.get(data.get("UserPoolId"))
        if answer[0] < 400 and pool:
            for key in absent:
                if key not in data:
                    pool.pop(key, None)
        return answer

    cognito._run_idp_handler = corrected
