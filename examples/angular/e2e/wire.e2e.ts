import type { Request } from '@playwright/test';

import { expect, test } from './support/test';

interface Call {
  readonly operation: string;
  readonly metadata: Record<string, string>;
}

test('what goes over the wire: one mark per sign-in, never the password, and nothing to anybody else', async ({
  app,
  page,
  person,
  site,
  outputs,
}) => {
  const calls: Call[] = [];
  const bodies: string[] = [];
  const hosts = new Set<string>();
  page.on('request', (request) => {
    hosts.add(new URL(request.url()).origin);
    bodies.push(request.postData() ?? '');
    const call = callOf(request);
    if (call !== undefined) calls.push(call);
  });

  await page.clock.install();
  await app.askForCode(person);
  await person.age(31);
  await page.clock.fastForward('00:31');
  await app.resend.click();
  await expect.poll(async () => (await person.mails()).length).toBe(2);
  await app.startAgain.click();
  await person.age(60);
  await app.loginForCode(person);
  await app.type(await person.code());
  await app.expectSignedIn(person);

  const answers = calls.filter(({ operation }) => operation === 'RespondToAuthChallenge');
  const [password, resend, again, code] = answers.map(({ metadata }) => metadata);
  expect(answers).toHaveLength(4);
  expect(password).toEqual({ attempt: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown, locale: 'en' });
  expect(resend).toEqual({ ...password, action: 'resend' });
  expect(again?.['attempt']).not.toBe(password?.['attempt']);
  expect(code).toEqual(again);
  expect(bodies.filter((body) => body.includes(person.password))).toEqual([]);
  const { endpoint } = JSON.parse(outputs) as { endpoint: string };
  expect([...hosts].sort()).toEqual([site, endpoint].sort());
});

/** A call of Cognito's API; a preflight is none. */
function callOf(request: Request): Call | undefined {
  const operation = request.headers()['x-amz-target']?.split('.')[1];
  if (operation === undefined) return undefined;
  const { ClientMetadata } = request.postDataJSON() as { ClientMetadata?: Record<string, string> };
  return { operation, metadata: ClientMetadata ?? {} };
}
