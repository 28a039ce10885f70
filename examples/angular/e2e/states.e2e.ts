import { sayOfChallenges } from './support/replay';
import { expect, test } from './support/test';

/** Each documented state as the page shows it: whether digits can be entered, whether a mail can be asked for. */
const ROWS = [
  { state: 'CODE_OLDER', secondsLeft: '600', says: 'the code of an earlier e-mail', fields: 6, resend: 1 },
  { state: 'CODE_SUPERSEDED', secondsLeft: '0', says: 'A newer sign-in has replaced this code.', fields: 0, resend: 1 },
  { state: 'SEND_THROTTLED', secondsLeft: '0', says: 'too many were asked for', fields: 0, resend: 1 },
  { state: 'SEND_FAILED', secondsLeft: '600', says: 'The e-mail could not be sent.', fields: 6, resend: 1 },
  { state: 'NO_VERIFIED_ADDRESS', secondsLeft: '0', says: 'no verified e-mail address', fields: 0, resend: 0 },
  { state: 'ADDRESS_NOT_MAILABLE', secondsLeft: '0', says: 'No e-mail can be sent to the address', fields: 0, resend: 0 },
  { state: 'USER_DISABLED', secondsLeft: '0', says: 'This account is disabled.', fields: 0, resend: 0 },
  { state: 'ATTEMPTS_EXHAUSTED', secondsLeft: '600', says: 'one wrong code too many', fields: 0, resend: 0 },
  { state: 'LOCKED_UNTIL_UNLOCKED', secondsLeft: '0', says: 'Ask your administrator to unlock it.', fields: 0, resend: 0 },
  { state: 'ATTEMPT_INVALID', secondsLeft: '0', says: 'This page has a fault', fields: 0, resend: 0 },
  { state: 'OF_ANOTHER_TIME', secondsLeft: '600', says: 'cannot go on in a way that this page knows', fields: 0, resend: 0 },
] as const;

test('every state that takes longer to reach has its words and its way on', async ({ app, page, person }) => {
  await app.open();
  for (const { state, secondsLeft, says, fields, resend } of ROWS) {
    await page.unrouteAll();
    await sayOfChallenges(page, { state, secondsLeft });
    await app.login(person.email, person.password);
    await expect(app.notice).toContainText(says);
    await expect(app.fields).toHaveCount(fields);
    await expect(app.resend).toHaveCount(resend);
    await app.startAgain.click();
    await expect(app.heading('Sign in')).toBeVisible();
  }
});
