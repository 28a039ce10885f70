"""Mail, secrets and metrics as AWS has them."""

import functools
import json
import logging
from email.utils import parseaddr

from .support import stop, wanted


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


def make_metrics_of_log_lines(functions, cloudwatch):
    """MiniStack keeps the functions' lines in embedded metric format as text. CloudWatch makes metrics of them, so alarms
    ring.
    """
    emit = wanted(functions, "_emit_lambda_logs", "func", "request_id", "log_text")
    store = wanted(cloudwatch, "_store_datum", "namespace", "name", "dims", "ts", "unit", "value", "values")
    evaluate = wanted(cloudwatch, "_evaluate_all_alarms")

    @functools.wraps(emit)
    def corrected(func, request_id, log_text, *rest, **named):
        emit(func, request_id, log_text, *rest, **named)
        data = [datum for line in (log_text or "").splitlines() for datum in embedded_metrics(line)]
        try:
            for namespace, name, dimensions, timestamp, unit, values in data:
                store(namespace, name, dimensions, timestamp, unit, None, values, None, None)
            if data:
                evaluate()
        except Exception:
            # The function has done its work, whatever becomes of its metrics.
            logging.getLogger("ministack").exception("failed to make metrics of a log line")

    functions._emit_lambda_logs = corrected


def embedded_metrics(line):
    """What a line in embedded metric format counts. A line that is none, or is not whole, counts nothing."""
    if '"_aws"' not in line:
        return []
    try:
        document = json.loads(line)
        about = document["_aws"]
        timestamp = float(about["Timestamp"]) / 1000
        data = []
        for directive in about["CloudWatchMetrics"]:
            for names in directive.get("Dimensions") or [[]]:
                dimensions = {name: str(document[name]) for name in names}
                for metric in directive["Metrics"]:
                    value = document[metric["Name"]]
                    values = [float(each) for each in (value if isinstance(value, list) else [value])]
                    unit = metric.get("Unit", "None")
                    data.append((directive["Namespace"], metric["Name"], dimensions, timestamp, unit, values))
        return data
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
