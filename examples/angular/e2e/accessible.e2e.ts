import { serve } from '../tools/static-server.mjs';
import { expectAccessible } from './support/accessible';
import { wrong } from './support/person';
import { sayOfChallenges } from './support/replay';
import { DIST, expect, test } from './support/test';

test('no page keeps anybody out, light or dark, wide or narrow', async ({ app, page, person }) => {
  await app.open();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expectAccessible(page, 'login, with fields missing');
  await app.login(person.email, 'Wrong-password-1');
  await expect(app.notice).toContainText('not right');
  await expectAccessible(page, 'login, refused');

  await app.loginForCode(person);
  await expectAccessible(page, 'code');
  const code = await person.code();
  await app.type(wrong(code));
  await expect(app.notice).toContainText('That was not the code.');
  await expectAccessible(page, 'code, after a wrong one');
  await expect(app.resend).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page, 'code, with a wait');
  await app.type(code);
  await app.expectSignedIn(person);
  await expectAccessible(page, 'signed in');

  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(app.notice).toContainText('You are signed out');
  await sayOfChallenges(page, { state: 'LOCKED', secondsLeft: '0', secondsToWait: '3600' });
  await app.login(person.email, person.password);
  await expect(page.getByRole('timer')).toContainText('You can start again in');
  await expectAccessible(page, 'stuck');
});

test('without outputs the page says how to get them', async ({ page }) => {
  const server = await serve({ folder: DIST, outputs: undefined });
  try {
    await page.goto(server.url);
    await expect(page.getByText('npm run outputs')).toBeVisible();
    await expectAccessible(page, 'unconfigured');
  } finally {
    await server.close();
  }
});

test('nothing runs and nothing is reached that the policy does not name', async ({ page, site }) => {
  await page.goto(site);
  const blocked = await page.evaluate(async () => {
    const refused = await new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
      fetch('http://127.0.0.1:9/').catch(() => undefined);
    });
    let sink = 'open';
    try {
      document.body.innerHTML = '<b>text</b>';
    } catch {
      sink = 'closed';
    }
    return { refused, sink };
  });
  expect(blocked).toEqual({ refused: 'connect-src', sink: 'closed' });
});
