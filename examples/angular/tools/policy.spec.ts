import { expect, test } from '@playwright/test';

import { headersFor } from './policy.mjs';

const policy = (outputs: Parameters<typeof headersFor>[0]): string => headersFor(outputs)['Content-Security-Policy'] ?? '';

test('calls go to the application itself and to Cognito in the Region of the stage', () => {
  expect(policy({ region: 'eu-central-1', endpoint: null })).toContain(
    "connect-src 'self' https://cognito-idp.eu-central-1.amazonaws.com;",
  );
  expect(policy({ region: 'eu-central-1', endpoint: 'http://127.0.0.1:4566' })).toContain(
    "connect-src 'self' http://127.0.0.1:4566;",
  );
  expect(policy(undefined)).toContain("connect-src 'self';");
});

test('nothing is unsafe, and nothing comes from elsewhere', () => {
  expect(policy(undefined)).not.toMatch(/unsafe|\*|data:|blob:/);
  expect(policy(undefined)).toMatch(/^default-src 'none';/);
});
