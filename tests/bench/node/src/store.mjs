// Where the state of a user lies: sealed, in an item that is written only if nobody else has written since.
import crypto from "node:crypto";
import { AdminGetUserCommand, CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const cognito = new CognitoIdentityProviderClient({});
const dynamodb = new DynamoDBClient({});
const secrets = new SecretsManagerClient({});

const TABLE = process.env.STATE_TABLE;
const CIPHER = "chacha20-poly1305";
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

// Asked for before the first event, as a Lambda function would.
const key = secrets
  .send(new GetSecretValueCommand({ SecretId: process.env.CODE_KEY_SECRET, VersionStage: "AWSCURRENT" }))
  .then(({ SecretString }) => Buffer.from(crypto.hkdfSync("sha256", SecretString, "", "state", 32)));

const storageKey = (event) => `${event.userPoolId}/${event.userName}`;

async function seal(state, subject) {
  const nonce = crypto.randomBytes(NONCE_BYTES);
  const cipher = crypto.createCipheriv(CIPHER, await key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(subject));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(state)), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64");
}

async function open(text, subject) {
  const bytes = Buffer.from(text, "base64");
  const decipher = crypto.createDecipheriv(CIPHER, await key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(subject));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  return JSON.parse(plain);
}

/** The user, its state and the version of the item that the state was read from. */
export async function load(event) {
  const subject = storageKey(event);
  const [user, { Item }] = await Promise.all([
    cognito.send(new AdminGetUserCommand({ UserPoolId: event.userPoolId, Username: event.userName })),
    dynamodb.send(new GetItemCommand({ TableName: TABLE, Key: { user: { S: subject } }, ConsistentRead: true })),
  ]);
  const attribute = (name) => user.UserAttributes.find(({ Name }) => Name === name)?.Value;
  const state = Item ? await open(Item.state.S, subject) : { sends: [], failures: 0 };
  await key;
  return { address: attribute("email"), locale: attribute("locale"), state, version: Item && Number(Item.version.N) };
}

/** Stores the state and says its version; throws if somebody else has written meanwhile. */
export async function save(event, version, state) {
  const subject = storageKey(event);
  const condition =
    version === undefined
      ? { ConditionExpression: "attribute_not_exists(#u)", ExpressionAttributeNames: { "#u": "user" } }
      : {
          ConditionExpression: "#v = :expected",
          ExpressionAttributeNames: { "#v": "version" },
          ExpressionAttributeValues: { ":expected": { N: String(version) } },
        };
  const item = {
    user: { S: subject },
    version: { N: String((version ?? 0) + 1) },
    state: { S: await seal(state, subject) },
    expires: { N: String(Math.floor(Date.now() / 1000) + 86_400) },
  };
  await dynamodb.send(
    new PutItemCommand({
      TableName: TABLE,
      Item: item,
      ...condition,
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
  return (version ?? 0) + 1;
}

/** The code of a challenge, derived and never stored. */
export async function code(event, challenge) {
  const digest = crypto
    .createHmac("sha256", await key)
    .update(`${event.userPoolId}\n${event.userName}\n${challenge.id}\n${challenge.nonce}`)
    .digest();
  const length = Number(process.env.CODE_LENGTH);
  return String(digest.readBigUInt64BE(0) % 10n ** BigInt(length)).padStart(length, "0");
}
