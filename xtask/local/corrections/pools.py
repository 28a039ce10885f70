"""User pools, as Cognito keeps them."""

import functools

from .support import wanted


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
