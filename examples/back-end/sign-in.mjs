// Signs in through the confidential app client, as a back end does for its users: `node sign-in.mjs OUTPUTS EMAIL`.
// OUTPUTS is a file with `cargo xtask outputs --json`; the client's secret comes from the environment variable CLIENT_SECRET.
// The password, then the code, or `resend`, are lines of standard input.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { createSecretHash, createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from 'cognito-srp-helper';

const [file, email] = process.argv.slice(2);
const secret = process.env['CLIENT_SECRET'];
if (file === undefined || email === undefined) throw new Error('wanted are `OUTPUTS EMAIL`');
if (secret === undefined) throw new Error('`CLIENT_SECRET` is not set');
const outputs = JSON.parse(readFileSync(file, 'utf8'));
const ClientId = outputs.clients.server.id;
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value ?? '';

// These calls are not signed: a back end needs no AWS credentials to sign its users in.
const cognito = new CognitoIdentityProviderClient({
  region: outputs.region,
  ...(outputs.endpoint === null ? {} : { endpoint: outputs.endpoint }),
});

// One mark per sign-in, in each of its calls.
const metadata = { attempt: randomBytes(16).toString('hex'), locale: 'en' };

console.error('password:');
const srp = createSrpSession(email, await line(), outputs.userPoolId, false);
const initiated = await cognito.send(
  new InitiateAuthCommand(
    wrapInitiateAuth(srp, {
      ClientId,
      AuthFlow: 'CUSTOM_AUTH',
      AuthParameters: {
        CHALLENGE_NAME: 'SRP_A',
        USERNAME: email,
        SECRET_HASH: createSecretHash(email, ClientId, secret),
      },
    }),
  ),
);

// From here on Cognito goes by the name that it knows the user by, and the hash has to be of that.
const USERNAME = initiated.ChallengeParameters?.USER_ID_FOR_SRP ?? email;
const SECRET_HASH = createSecretHash(USERNAME, ClientId, secret);
let answer = await cognito.send(
  new RespondToAuthChallengeCommand({
    ...wrapAuthChallenge(signSrpSession(srp, initiated), {
      ClientId,
      ChallengeName: 'PASSWORD_VERIFIER',
      ChallengeResponses: { USERNAME, SECRET_HASH },
      Session: initiated.Session,
    }),
    ClientMetadata: metadata,
  }),
);
while (answer.ChallengeName === 'CUSTOM_CHALLENGE') {
  const { CODE_DELIVERY_DESTINATION: to, mailReference, ...said } = answer.ChallengeParameters ?? {};
  const { state, attemptsLeft, secondsToWait } = said;
  console.error(`${state}: ${to}, reference ${mailReference}`);
  console.error(`${attemptsLeft} attempts left, ${secondsToWait} s to wait; code, or \`resend\`:`);
  const ANSWER = await line();
  answer = await cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'CUSTOM_CHALLENGE',
      ChallengeResponses: { USERNAME, SECRET_HASH, ANSWER },
      Session: answer.Session,
      ClientMetadata: ANSWER === 'resend' ? { ...metadata, action: 'resend' } : metadata,
    }),
  );
}
const { IdToken, AccessToken } = answer.AuthenticationResult ?? {};
if (IdToken === undefined || AccessToken === undefined) throw new Error(`the sign-in ended at ${answer.ChallengeName}`);

// A resource server verifies every token that it is given, by the keys of the pool: signature, issuer, client, use, time.
const verifier = CognitoJwtVerifier.create({ userPoolId: outputs.userPoolId, clientId: ClientId, tokenUse: null });
// On AWS the verifier fetches the keys by itself. It fetches over TLS alone, which the local AWS does not speak.
if (outputs.endpoint !== null) {
  const keys = await fetch(`${outputs.endpoint}/${outputs.userPoolId}/.well-known/jwks.json`);
  verifier.cacheJwks(await keys.json());
}
const claims = await verifier.verify(IdToken, { tokenUse: 'id' });
const access = await verifier.verify(AccessToken, { tokenUse: 'access' });
if (access.sub !== claims.sub) throw new Error('the two tokens are of two users');
console.log(`signed in as ${claims['email']}`);
input.close();
