import { wrong } from './support/person';
import { expect, test } from './support/test';

test('sign in, and out everywhere', async ({ app, page, person }) => {
  await app.askForCode(person);
  await expect(app.notice).toHaveText('A code is on its way to p***@e***.');
  await app.type(await person.code());
  await app.expectSignedIn(person);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(app.notice).toHaveText('You are signed out, here and everywhere else.');
  await page.reload();
  await expect(app.heading('Sign in')).toBeVisible();
});

test('wrong, then right', async ({ app, person }) => {
  await app.askForCode(person);
  const code = await person.code();
  await app.type(wrong(code));
  await expect(app.notice).toHaveText('That was not the code. 2 attempts left.');
  await app.type(wrong(code, 2));
  await expect(app.notice).toHaveText('That was not the code. 1 attempt left.');
  await app.type(code);
  await app.expectSignedIn(person);
});

test('three wrong', async ({ app, person }) => {
  await app.askForCode(person);
  const code = await person.code();
  for (const number of [1, 2]) {
    await app.type(wrong(code, number));
    await expect(app.notice).toContainText('That was not the code.');
  }
  await app.type(wrong(code, 3));
  await expect(app.notice).toHaveText('That was one wrong code too many. Start again.');
  await expect(app.heading('Sign in')).toBeVisible();
});

test('an unknown user is told what a wrong password is told', async ({ app, page, person }) => {
  await app.open();
  await app.login('nobody@example.com', person.password);
  await expect(app.notice).toHaveText('The e-mail address or the password is not right.');
  await app.login(person.email, 'Wrong-password-1');
  await expect(page.getByRole('button', { name: 'Continue' })).toBeEnabled();
  await expect(app.notice).toHaveText('The e-mail address or the password is not right.');
  await expect(page.getByLabel('Password')).toHaveValue('');
  expect(await person.mails()).toHaveLength(0);
});
