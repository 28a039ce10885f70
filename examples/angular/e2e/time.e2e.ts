import type { Page } from '@playwright/test';

import { wrong } from './support/person';
import { expect, test } from './support/test';

/** Seconds that the code is good for, as the page says. */
async function secondsLeft(page: Page): Promise<number> {
  const text = await page.getByText(/^The code is good for \d+:\d\d\.$/).innerText();
  const [minutes, seconds] = text.match(/\d+/g) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

test('an expired code, by the clock of the page', async ({ app, page, person }) => {
  const begun = Date.now();
  /** The most that can have passed by itself, with what is lost by rounding. */
  const passed = (): number => Math.ceil((Date.now() - begun) / 1_000) + 1;
  await page.clock.install();
  await app.askForCode(person);
  const first = await secondsLeft(page);
  expect(first).toBeLessThanOrEqual(600);
  expect(first).toBeGreaterThanOrEqual(600 - passed());
  await page.clock.fastForward('05:00');
  await expect.poll(() => secondsLeft(page)).toBeLessThanOrEqual(first - 300);
  expect(await secondsLeft(page)).toBeGreaterThanOrEqual(300 - passed());
  await page.clock.fastForward('05:01');
  await expect(app.notice).toHaveText('The code has expired. Have a new one sent.');
  await expect(app.fields).toHaveCount(0);
  await expect(app.resend).toBeFocused();
});

test('an expired code, by what the triggers say, and a new one', async ({ app, person }) => {
  await app.askForCode(person);
  const code = await person.code();
  await person.age(601);
  await app.type(code);
  await expect(app.notice).toHaveText('The code has expired. Have a new one sent.');
  await expect(app.resend).toBeFocused();
  await app.resend.press('Enter');
  await expect(app.notice).toContainText('A code is on its way');
  await expect.poll(() => person.code()).not.toBe(code);
  await app.type(await person.code());
  await app.expectSignedIn(person);
});

test('a mail cannot be asked for too early, and after the wait: one more, and only one', async ({ app, page, person }) => {
  await page.clock.install();
  await app.askForCode(person);
  await expect(app.resend).toHaveText(/Send the e-mail again in 0:[0-3]\d/);
  await expect(app.resend).toHaveAttribute('aria-disabled', 'true');
  // By force, since Playwright would wait until the button may be pressed.
  await app.resend.click({ force: true });
  expect(await person.mails()).toHaveLength(1);

  await person.age(31);
  await page.clock.fastForward('00:31');
  await expect(app.resend).toHaveText('Send the e-mail again');
  await app.resend.dblclick();
  await expect(app.notice).toContainText('A code is on its way');
  await app.type(await person.code());
  await app.expectSignedIn(person);
  expect(await person.mails()).toHaveLength(2);
});

test('locked after five wrong codes, for everybody, until the time is over', async ({ app, page, person }) => {
  await page.clock.install();
  await app.askForCode(person);
  let code = await person.code();
  for (const [number, said] of ['2 attempts left', '1 attempt left', 'one wrong code too many'].entries()) {
    await app.type(wrong(code, number + 1));
    await expect(app.notice).toContainText(said);
  }
  await app.loginForCode(person);
  code = await person.code();
  await app.type(wrong(code, 4));
  await expect(app.notice).toContainText('2 attempts left');
  await app.type(wrong(code, 5));
  await expect(app.heading('This sign-in cannot go on')).toBeFocused();
  await expect(app.notice).toContainText('This account is locked after too many wrong codes.');
  await expect(page.getByRole('timer')).toHaveText(/^You can start again in (0:\d\d|1:00)\.$/);

  await page.clock.fastForward('01:01');
  await expect(page.getByRole('timer')).toHaveText('You can start again now.');
  await app.startAgain.click();
  await app.login(person.email, person.password);
  await expect(app.notice, 'the clock of the page opens nothing').toContainText('This account is locked');
  await person.age(61);
  await app.startAgain.click();
  await app.loginForCode(person);
  await app.type(await person.code());
  await app.expectSignedIn(person);
});
