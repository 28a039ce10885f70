import { createServer } from 'node:http';

import { type Page, chromium } from '@playwright/test';

import { expect, test } from './support/test';

/** A name that leads to this machine, as a stranger's does once it is rebound. */
const FOREIGN = 'evil.example';
/** `tests/tests/end_to_end/browser.rs` looks afterwards whether there is a function or a stack of this name. */
const PLANTED = 'planted-by-a-page';
/** What MiniStack takes for root by itself, in the Region of the stage `local`. */
const SCOPE = (service: string): string => `test/20260101/eu-central-1/${service}/aws4_request`;
const FUNCTION = {
  FunctionName: PLANTED,
  Runtime: 'python3.12',
  Handler: 'index.handler',
  Role: `arn:aws:iam::000000000000:role/${PLANTED}`,
  // An empty archive.
  Code: { ZipFile: 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==' },
};

/** A call by GET, as an image makes it. */
function byQuery(endpoint: string, service: string, call: Record<string, string>): string {
  const key = { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': SCOPE(service) };
  return `${endpoint}/?${new URLSearchParams({ ...call, ...key }).toString()}`;
}

interface Attack {
  readonly endpoint: string;
  readonly scope: string;
  readonly call: typeof FUNCTION;
}

interface Hostile {
  /** In a browser that finds this machine under the foreign name. */
  readonly open: (url: string) => Promise<Page>;
  /** A page of a foreign origin, and the same page of a loopback origin. */
  readonly page: string;
  readonly loopback: string;
  readonly attack: Attack;
}

const hostile = test.extend<{ hostile: Hostile }>({
  hostile: async ({ outputs, launchOptions }, use) => {
    const server = createServer((_request, answer) => answer.setHeader('content-type', 'text/html').end('<p>a page</p>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const { endpoint } = JSON.parse(outputs) as { endpoint: string };
    const rebound = `--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`;
    const browser = await chromium.launch({ ...launchOptions, args: [...(launchOptions.args ?? []), rebound] });
    await use({
      open: async (url) => {
        const page = await browser.newPage();
        await page.goto(url);
        // A function wants a role, which the page would make before.
        await page.evaluate(
          (role) =>
            new Promise((resolve) => {
              const image = new Image();
              image.onload = image.onerror = resolve;
              image.src = role;
            }),
          byQuery(endpoint, 'iam', { Action: 'CreateRole', Version: '2010-05-08', RoleName: PLANTED, AssumeRolePolicyDocument: '{}' }),
        );
        return page;
      },
      page: `http://${FOREIGN}:${address.port}/`,
      loopback: `http://localhost:${address.port}/`,
      attack: { endpoint, scope: SCOPE('lambda'), call: FUNCTION },
    });
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  },
});

hostile('a page of another origin reads nothing and makes nothing by fetch', async ({ hostile: { open, page, attack } }) => {
  const other = await open(page);
  const results = await other.evaluate(async ({ endpoint, scope, call }) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
    const functions = `${endpoint}/2015-03-31/functions`;
    const said = async (request: Promise<Response>): Promise<string> => {
      try {
        const response = await request;
        return `${response.type} ${response.status}`;
      } catch {
        return 'refused';
      }
    };
    return {
      mails: await said(fetch(`${endpoint}/_ministack/ses/messages`)),
      mailsUnseen: await said(fetch(`${endpoint}/_ministack/ses/messages`, { mode: 'no-cors' })),
      signed: await said(fetch(functions, { method: 'POST', headers: { authorization }, body: JSON.stringify(call) })),
      plain: await said(fetch(functions, { method: 'POST', mode: 'no-cors', body: JSON.stringify(call) })),
      plainWithKey: await said(
        fetch(`${functions}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}`, {
          method: 'POST',
          mode: 'no-cors',
          body: JSON.stringify(call),
        }),
      ),
      reset: await said(fetch(`${endpoint}/_ministack/reset`, { method: 'POST', mode: 'no-cors' })),
    };
  }, attack);
  // An opaque answer has no status, and nothing of it can be read.
  expect(results).toEqual({
    mails: 'refused',
    mailsUnseen: 'opaque 0',
    signed: 'refused',
    plain: 'opaque 0',
    plainWithKey: 'opaque 0',
    reset: 'opaque 0',
  });
});

for (const { name, query, referrer } of [
  { name: 'a form', query: '', referrer: 'unsafe-url' },
  { name: 'a form with a key', query: `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${SCOPE('lambda')}`, referrer: 'unsafe-url' },
  { name: 'a form that hides its origin', query: '', referrer: 'no-referrer' },
]) {
  hostile(`a page of another origin makes nothing by ${name}`, async ({ hostile: { open, page, attack } }) => {
    const other = await open(page);
    const answered = other.waitForResponse((response) => response.url().startsWith(attack.endpoint));
    await other.evaluate(
      ({ endpoint, call, query, referrer }) => {
        const policy = document.createElement('meta');
        policy.name = 'referrer';
        policy.content = referrer;
        document.head.append(policy);
        const form = document.createElement('form');
        form.method = 'POST';
        form.enctype = 'text/plain';
        form.action = `${endpoint}/2015-03-31/functions${query}`;
        const field = document.createElement('input');
        // Together with the `=` between name and value it is JSON.
        field.name = `${JSON.stringify(call).slice(0, -1)},"Description":"`;
        field.value = '"}';
        form.append(field);
        document.body.append(form);
        form.submit();
      },
      { ...attack, query, referrer },
    );
    const answer = await answered;
    const { origin } = await answer.request().allHeaders();
    expect([origin, answer.status()]).toEqual([referrer === 'no-referrer' ? 'null' : new URL(page).origin, 403]);
  });
}

hostile('a page of another origin makes nothing by an image', async ({ hostile: { open, page, attack } }) => {
  const other = await open(page);
  const answered = other.waitForResponse((response) => response.url().startsWith(attack.endpoint));
  const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  const call = { Action: 'CreateStack', Version: '2010-05-15', StackName: PLANTED, TemplateBody };
  await other.evaluate((url) => {
    new Image().src = url;
  }, byQuery(attack.endpoint, 'cloudformation', call));
  expect((await answered).status()).toBe(403);
});

hostile('a foreign name that leads here reads and makes nothing', async ({ hostile: { open, attack } }) => {
  const rebound = attack.endpoint.replace('127.0.0.1', FOREIGN);
  // The page is of the same origin as what it asks for, so the browser holds nothing back.
  const other = await open(`${rebound}/_ministack/ready`);
  expect(await other.locator('body').innerText()).toContain('goes by no other name');
  const results = await other.evaluate(async ({ scope, call }) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
    const status = async (path: string, init?: RequestInit): Promise<number> => (await fetch(path, init)).status;
    const body = JSON.stringify(call);
    return [
      await status('/_ministack/ses/messages'),
      await status('/2015-03-31/functions', { method: 'POST', headers: { authorization }, body }),
      await status('/2015-03-31/functions', { method: 'POST', body }),
    ];
  }, attack);
  expect(results).toEqual([403, 403, 403]);
});

hostile('a page of this machine asks Cognito, and no more', async ({ page, hostile: { loopback, attack } }) => {
  await page.goto(loopback);
  const results = await page.evaluate(async ({ endpoint, call }) => {
    const ask = (operation: string, body: unknown): Promise<number> =>
      fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify(body),
      }).then(({ status }) => status);
    return [
      await ask('InitiateAuth', { AuthFlow: 'CUSTOM_AUTH', ClientId: 'none', AuthParameters: {} }),
      await ask('ListUserPools', { MaxResults: 1 }),
      (await fetch(`${endpoint}/_ministack/ses/messages`)).status,
      (await fetch(`${endpoint}/2015-03-31/functions`, { method: 'POST', body: JSON.stringify(call) })).status,
    ];
  }, attack);
  // 400 is Cognito's own answer: it knows no such client, and takes the other call from nobody.
  expect(results).toEqual([400, 400, 403, 403]);
});
