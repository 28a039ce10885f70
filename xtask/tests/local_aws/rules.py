"""Asks the local AWS, by the keys in the environment, what it does where AWS has a rule. Prints one object: each question with
its answer. The expected answers are in `local_aws_rules.rs`.
"""

import base64
import hashlib
import hmac
import io
import json
import os
import secrets
import sys
import time
import zipfile

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

# One program for all triggers. The answer is `right`. It prints what it is called with, and counts its calls.
TRIGGER = """
import json
def handler(event, context):
    request, response = event["request"], event["response"]
    print(json.dumps({"seen": [event["triggerSource"], request.get("clientMetadata"), request.get("userNotFound")]}))
    print(json.dumps({"_aws": {"Timestamp": %d, "CloudWatchMetrics": [{"Namespace": "Rules", "Dimensions": [["Stack"]],
        "Metrics": [{"Name": "Calls", "Unit": "Count"}]}]}, "Stack": "rules", "Calls": 1}))
    if event["triggerSource"].startswith("Define"):
        names = [entry["challengeName"] for entry in request["session"]]
        last = request["session"][-1] if names else None
        if names == ["SRP_A"]:
            response["challengeName"] = "PASSWORD_VERIFIER"
        elif last and last["challengeName"] == "CUSTOM_CHALLENGE" and last["challengeResult"]:
            response["issueTokens"] = True
        else:
            response["challengeName"] = "CUSTOM_CHALLENGE"
    elif event["triggerSource"].startswith("Create"):
        response["publicChallengeParameters"] = {"user": event["userName"]}
        response["privateChallengeParameters"] = {"answer": "right"}
    elif event["triggerSource"].startswith("Verify"):
        response["answerCorrect"] = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"]
    return event
""" % (time.time() * 1000)

session = botocore.session.get_session()


def client(name, **options):
    return session.create_client(name, region_name=os.environ["AWS_REGION"], **options)


cognito, public = client("cognito-idp"), client("cognito-idp", config=Config(signature_version=UNSIGNED))
PASSWORD = "Aa1!" + secrets.token_hex(16)
ROLE = "rules"


def trigger(name):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("index.py", TRIGGER)
    made = client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Handler="index.handler", Role=f"arn:aws:iam::000000000000:role/{ROLE}",
        Code={"ZipFile": archive.getvalue()})
    return made["FunctionArn"]


class Pool:
    def __init__(self, triggers, **settings):
        names = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreTokenGeneration")
        self.settings = {"LambdaConfig": dict.fromkeys(names, triggers), **settings}
        self.id = cognito.create_user_pool(PoolName="rules", **self.settings)["UserPool"]["Id"]

    def client(self, **settings):
        settings = {"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"], **settings}
        made = cognito.create_user_pool_client(UserPoolId=self.id, ClientName="rules", **settings)["UserPoolClient"]
        return made["ClientId"], made.get("ClientSecret")

    def user(self, name, **attributes):
        pairs = [{"Name": key, "Value": value} for key, value in attributes.items()]
        made = cognito.admin_create_user(
            UserPoolId=self.id, Username=name, UserAttributes=pairs, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=self.id, Username=name, Password=PASSWORD, Permanent=True)
        return made["User"]["Username"]


def outcome(call):
    try:
        return call()
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"


def secret_hash(name, client_id, secret):
    digest = hmac.new(secret.encode(), (name + client_id).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def begin(client_id, name, **parameters):
    metadata = parameters.pop("metadata", {})
    return public.initiate_auth(
        ClientId=client_id, AuthFlow="CUSTOM_AUTH", ClientMetadata=metadata,
        AuthParameters={"USERNAME": name, **parameters})


def answer(client_id, begun, text="right", metadata=None, **responses):
    given = {"USERNAME": begun["ChallengeParameters"]["user"], "ANSWER": text, **responses}
    return public.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName="CUSTOM_CHALLENGE", Session=begun["Session"], ChallengeResponses=given,
        ClientMetadata=metadata or {})


def tokens(answered):
    return "tokens" if "AuthenticationResult" in answered else answered["ChallengeName"]


def sign_in(client_id, name):
    return answer(client_id, begin(client_id, name))["AuthenticationResult"]


def seen_by(function):
    """Of each call: the trigger, the metadata's `of`, and whether the user is unknown."""
    events = client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    seen = [json.loads(event["message"])["seen"] for event in events if event["message"].startswith('{"seen"')]
    return [[source.partition("_")[0], (metadata or {}).get("of"), unknown] for source, metadata, unknown in seen]


def metadata_of_each_trigger(pool):
    client_id, _ = pool.client()
    pool.user("metadata@example.com")
    begun = begin(client_id, "metadata@example.com", metadata={"of": "initiate"})
    answer(client_id, begun, metadata={"of": "respond"})
    return seen_by("seen")


def told_of_an_unknown_user(settings):
    pool = Pool(trigger("told"), **settings)
    client_id, _ = pool.client(PreventUserExistenceErrors="ENABLED")
    begin(client_id, "nobody@example.com")
    return seen_by("told")


def credentials_guessed_from_names(function_arn):
    """As MiniStack makes them for a function that has run."""
    digest = hashlib.sha256(f"{function_arn}:arn:aws:iam::000000000000:role/{ROLE}".encode()).hexdigest()
    guessed = client(
        "sts", aws_access_key_id=f"ASIA{digest[:16].upper()}",
        aws_secret_access_key=hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
        aws_session_token=hashlib.sha256(f"token:{digest}".encode()).hexdigest())
    return outcome(lambda: guessed.get_caller_identity()["Arn"]).partition(":")[0]


def disabled_after_the_challenge(pool):
    client_id, _ = pool.client()
    name = pool.user("disabled@example.com")
    begun = begin(client_id, name)
    cognito.admin_disable_user(UserPoolId=pool.id, Username=name)
    return outcome(lambda: tokens(answer(client_id, begun)))


def hash_of(pool, which):
    client_id, secret = pool.client(GenerateSecret=True)
    address = f"{which.replace(' ', '-')}@example.com"
    own = pool.user(address)
    begun = begin(client_id, address, SECRET_HASH=secret_hash(address, client_id, secret))
    beside, hashed = {
        "address beside address": (address, address), "address beside own name": (own, address),
        "own name beside address": (address, own), "own name beside own name": (own, own),
        "another name": (address, "somebody@example.com"),
    }[which]
    given = {"USERNAME": beside, "SECRET_HASH": secret_hash(hashed, client_id, secret)}
    return outcome(lambda: tokens(answer(client_id, begun, **given))).partition(" for client")[0]


def unknown_user(pool, errors, **parameters):
    client_id, _ = pool.client(PreventUserExistenceErrors=errors)
    return outcome(lambda: begin(client_id, "nobody@example.com", **parameters)["ChallengeName"])


def unknown_users_answer(pool):
    client_id, _ = pool.client(PreventUserExistenceErrors="ENABLED")
    begun = begin(client_id, "nobody@example.com")
    return outcome(lambda: tokens(answer(client_id, begun)))


def password_proof(pool, name):
    client_id, _ = pool.client(PreventUserExistenceErrors="ENABLED")
    begun = begin(client_id, name, CHALLENGE_NAME="SRP_A", SRP_A="abcdef12")
    told = begun["ChallengeParameters"]
    given = {
        "USERNAME": told["USER_ID_FOR_SRP"], "TIMESTAMP": "Sat Nov 28 03:00:00 UTC 2026",
        "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(bytes(32)).decode(),
        "PASSWORD_CLAIM_SECRET_BLOCK": told["SECRET_BLOCK"],
    }
    proof = outcome(lambda: tokens(public.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName="PASSWORD_VERIFIER", Session=begun["Session"], ChallengeResponses=given)))
    shape = {key: len(value) for key, value in told.items() if key not in ("SRP_B",)}
    again = begin(client_id, name, CHALLENGE_NAME="SRP_A", SRP_A="abcdef12")["ChallengeParameters"]
    same = [told[key] == again[key] for key in ("SALT", "USER_ID_FOR_SRP")]
    return [proof, shape, same, told["USER_ID_FOR_SRP"][14]]


def write(pool, name, attribute, **settings):
    client_id, _ = pool.client(**settings)
    signed_in = sign_in(client_id, name)
    pairs = [{"Name": attribute, "Value": "written@example.com" if attribute == "email" else "written"}]
    return outcome(lambda: public.update_user_attributes(
        AccessToken=signed_in["AccessToken"], UserAttributes=pairs) and "written")


def sign_up(pool, attribute, **settings):
    client_id, _ = pool.client(**settings)
    pairs = [{"Name": attribute, "Value": "written"}]
    return outcome(lambda: public.sign_up(
        ClientId=client_id, Username=f"{secrets.token_hex(4)}@example.com", Password=PASSWORD,
        UserAttributes=pairs) and "signed up")


def in_another_case(pool, name):
    client_id, _ = pool.client()
    pool.user(name)
    return outcome(lambda: tokens(answer(client_id, begin(client_id, name.upper()))))


def second_of_another_case(pool, name):
    return outcome(lambda: pool.user(name.upper()) and "made")


def updated_pool(pool, **settings):
    cognito.update_user_pool(UserPoolId=pool.id, **settings)
    told = cognito.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    names = ("AutoVerifiedAttributes", "LambdaConfig", "UserPoolTier", "DeletionProtection", "UserAttributeUpdateSettings")
    return {name: told.get(name) for name in names}


def updated_client(pool):
    client_id, _ = pool.client(
        WriteAttributes=["locale"], AuthSessionValidity=10, PreventUserExistenceErrors="ENABLED")
    cognito.update_user_pool_client(UserPoolId=pool.id, ClientId=client_id, AuthSessionValidity=5)
    told = cognito.describe_user_pool_client(UserPoolId=pool.id, ClientId=client_id)["UserPoolClient"]
    names = ("ClientName", "WriteAttributes", "ExplicitAuthFlows", "PreventUserExistenceErrors", "AuthSessionValidity")
    return {name: told.get(name) for name in names}


def counted():
    metrics = client("cloudwatch")
    listed = metrics.list_metrics(Namespace="Rules")["Metrics"]
    stat = {"Metric": listed[0], "Period": 3600, "Stat": "Sum"}
    data = metrics.get_metric_data(
        MetricDataQueries=[{"Id": "calls", "MetricStat": stat}], StartTime=time.time() - 7200, EndTime=time.time() + 7200)
    return [listed[0]["MetricName"], listed[0]["Dimensions"], sum(data["MetricDataResults"][0]["Values"]) > 0]


def main():
    iam = client("iam")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))
    function = trigger("seen")
    by_address = {"UsernameAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": False}}
    seen = Pool(function, **by_address)
    other = trigger("other")
    pool = Pool(other, **by_address)
    by_name = Pool(other, UsernameConfiguration={"CaseSensitive": False})
    case_counts = Pool(other, UsernameConfiguration={"CaseSensitive": True})
    required = Pool(other, Schema=[{"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True}])
    pool.user("writer@example.com")
    required.user("required", email="required@example.com")
    answers = {
        "metadata that each trigger saw": metadata_of_each_trigger(seen),
        "what triggers are told of an unknown user": told_of_an_unknown_user(by_address),
        "credentials guessed from names": credentials_guessed_from_names(function),
        "a user disabled after the challenge": disabled_after_the_challenge(pool),
        **{f"secret hash of {which}": hash_of(pool, which) for which in (
            "address beside address", "address beside own name", "own name beside address", "own name beside own name",
            "another name")},
        "an unknown user, LEGACY": unknown_user(pool, "LEGACY"),
        "an unknown user, ENABLED": unknown_user(pool, "ENABLED"),
        "an unknown user, ENABLED, by SRP": unknown_user(pool, "ENABLED", CHALLENGE_NAME="SRP_A", SRP_A="abcdef12"),
        "an unknown user's right answer": unknown_users_answer(pool),
        "a wrong password of an unknown user": password_proof(pool, "nobody@example.com"),
        "a wrong password of a known user": password_proof(pool, "writer@example.com"),
        "writing what the client may": write(pool, "writer@example.com", "locale", WriteAttributes=["locale"]),
        "writing what the client may not": write(pool, "writer@example.com", "name", WriteAttributes=["locale"]),
        "writing through a client without a list": write(pool, "writer@example.com", "name"),
        "writing what the pool requires": write(required, "required", "email", WriteAttributes=["locale"]),
        "signing up with what the client may": sign_up(pool, "locale", WriteAttributes=["locale"]),
        "signing up with what the client may not": sign_up(pool, "name", WriteAttributes=["locale"]),
        "an address in another case": in_another_case(pool, "case@example.com"),
        "a name in another case": in_another_case(by_name, "somebody"),
        "a name in another case, where case counts": in_another_case(case_counts, "somebody"),
        "a second user in another case": second_of_another_case(by_name, "somebody"),
        "a second address in another case": second_of_another_case(pool, "case@example.com"),
        "a second user in another case, where case counts": second_of_another_case(case_counts, "somebody"),
        "a pool after an update of little": updated_pool(
            Pool(other, UserPoolTier="LITE", UserAttributeUpdateSettings={
                "AttributesRequireVerificationBeforeUpdate": ["email"]}, AutoVerifiedAttributes=["email"]),
            MfaConfiguration="OFF"),
        "a pool after an update that keeps": updated_pool(
            Pool(other), AutoVerifiedAttributes=["email"], UserPoolTier="LITE", DeletionProtection="ACTIVE"),
        "a client after an update of little": updated_client(pool),
        "what the functions counted": counted(),
    }
    json.dump(answers, sys.stdout, indent=1)


main()
