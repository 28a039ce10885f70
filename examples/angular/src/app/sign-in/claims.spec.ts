import { expect, test } from '@playwright/test';

import { claimsShown } from './claims';

test('claims by name, times as times', () => {
  const shown = claimsShown({ sub: 'abc', exp: 0, email_verified: true, amr: ['pwd'] }, 'de');
  expect(shown.map((claim) => claim.name)).toEqual(['amr', 'email_verified', 'exp', 'sub']);
  expect(shown.map((claim) => claim.value)).toEqual(['["pwd"]', 'true', expect.stringContaining('1970'), 'abc']);
});
