import { expect, test } from './support/test';

const OFFLINE = 'No connection. Nothing was lost: check your network, then try again.';

test('offline at the password', async ({ app, page, person, context }) => {
  await app.open();
  await context.setOffline(true);
  await app.login(person.email, person.password);
  await expect(app.notice).toHaveText(OFFLINE);
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(app.heading('Enter the code')).toBeVisible();
});

test('offline at the code: it is neither lost nor an attempt', async ({ app, page, person, context }) => {
  await app.askForCode(person);
  await context.setOffline(true);
  await app.type(await person.code());
  await expect(app.notice).toHaveText(OFFLINE);
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await app.expectSignedIn(person);
});

test('offline at the sign-out: this tab forgets its tokens all the same', async ({ app, page, person, context }) => {
  await app.askForCode(person);
  await app.type(await person.code());
  await app.expectSignedIn(person);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(app.notice).toContainText('You are signed out here.');
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('Token');
});
