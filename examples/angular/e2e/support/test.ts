import { fileURLToPath } from 'node:url';

import { test as base } from '@playwright/test';

import { serve } from '../../tools/static-server.mjs';
import { xtask } from './command';
import { Person } from './person';
import { SignInPage } from './sign-in-page';

/** The built application. */
export const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

interface Shared {
  /** The text of the outputs of the deployed stage. */
  outputs: string;
  /** The address of the built application. */
  site: string;
}

interface Own {
  person: Person;
  app: SignInPage;
}

/** A test with a user of its own, on the built application. What breaks the security policy fails the test. */
export const test = base.extend<Own, Shared>({
  outputs: [async ({}, use) => use(await xtask(['outputs', '--json'])), { scope: 'worker' }],
  site: [
    async ({ outputs }, use) => {
      const server = await serve({ folder: DIST, outputs });
      await use(server.url);
      await server.close();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ site }, use) => use(site),
  person: async ({}, use) => use(await Person.make()),
  app: async ({ page }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      // The browser itself reports every answer of Cognito's that is no success.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        problems.push(message.text());
      }
    });
    await use(new SignInPage(page));
    base.expect(problems).toEqual([]);
  },
});

export const expect = test.expect;
