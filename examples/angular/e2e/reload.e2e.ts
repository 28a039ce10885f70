import { refuseAnswers } from './support/replay';
import { expect, test } from './support/test';

test('a reload goes on with the code, and stays signed in', async ({ app, page, person }) => {
  await app.askForCode(person);
  await page.reload();
  await expect(app.notice).toHaveText(
    'The page was reloaded; your sign-in goes on. Enter the code that you were sent.',
  );
  await app.type(await person.code());
  await app.expectSignedIn(person);
  expect(await person.mails(), 'a reload sends nothing').toHaveLength(1);
  await page.reload();
  await app.expectSignedIn(person);
});

test('what is kept for a reload holds no password, and another tab knows nothing', async ({ app, page, person, context }) => {
  await app.askForCode(person);
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]));
  expect(kept).toContain('sign-in.round');
  expect(kept).not.toContain(person.password);
  const other = await context.newPage();
  await other.goto('/');
  await expect(other.getByLabel('Password')).toBeVisible();
});

test('a reload after Cognito has forgotten the sign-in', async ({ app, page, person }) => {
  await app.askForCode(person);
  await page.reload();
  await refuseAnswers(page, 'NotAuthorizedException', 'Invalid session for the user, session is expired.');
  await app.type(await person.code());
  await expect(app.notice).toHaveText(
    'The sign-in has ended: a wrong code too many, or it took too long. Start again.',
  );
  await expect(app.heading('Sign in')).toBeVisible();
  await page.reload();
  await expect(app.heading('Sign in'), 'and it is not taken up again').toBeVisible();
});

test('signed out elsewhere', async ({ app, page, person }) => {
  await page.clock.install();
  await app.askForCode(person);
  await app.type(await person.code());
  await app.expectSignedIn(person);
  await person.signOut();
  // The tokens of this tab are good for an hour; then it has to ask.
  await page.clock.fastForward('01:01:00');
  await page.reload();
  await expect(app.notice).toHaveText('You were signed out. Sign in again.');
});
