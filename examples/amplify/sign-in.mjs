// Signs in with aws-amplify v6: `node sign-in.mjs OUTPUTS EMAIL`. OUTPUTS is a file with `cargo xtask outputs --json`.
// The password, then the code, or `resend`, are lines of standard input.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn } from 'aws-amplify/auth';

const [file, username] = process.argv.slice(2);
if (file === undefined || username === undefined) throw new Error('wanted are `OUTPUTS EMAIL`');
const outputs = JSON.parse(readFileSync(file, 'utf8'));
const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value ?? '';

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: outputs.userPoolId,
      userPoolClientId: outputs.clients.web.id,
      // Only the local AWS has one.
      ...(outputs.endpoint === null ? {} : { userPoolEndpoint: outputs.endpoint }),
    },
  },
});

// One mark per sign-in, in each of its calls.
const clientMetadata = { attempt: randomBytes(16).toString('hex'), locale: 'en' };

console.error('password:');
let { nextStep } = await signIn({
  username,
  password: await line(),
  options: { authFlowType: 'CUSTOM_WITH_SRP', clientMetadata },
});
while (nextStep.signInStep === 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE') {
  const { CODE_DELIVERY_DESTINATION: to, mailReference, ...said } = nextStep.additionalInfo ?? {};
  const { state, attemptsLeft, secondsToWait } = said;
  console.error(`${state}: ${to}, reference ${mailReference}`);
  console.error(`${attemptsLeft} attempts left, ${secondsToWait} s to wait; code, or \`resend\`:`);
  const answer = await line();
  const options = { clientMetadata: answer === 'resend' ? { ...clientMetadata, action: 'resend' } : clientMetadata };
  ({ nextStep } = await confirmSignIn({ challengeResponse: answer, options }));
}
if (nextStep.signInStep !== 'DONE') throw new Error(`the sign-in ended at ${nextStep.signInStep}`);

const { tokens } = await fetchAuthSession();
console.log(`signed in as ${tokens?.idToken?.payload['email']}`);
input.close();
