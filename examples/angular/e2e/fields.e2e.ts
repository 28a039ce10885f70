import { expect, test } from './support/test';

test('a pasted code is split, with blanks and dashes forgiven', async ({ app, page, person, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.askForCode(person);
  const code = await person.code();
  await page.evaluate((text) => navigator.clipboard.writeText(text), `Code: ${code.slice(0, 3)} - ${code.slice(3)}\n`);
  await app.fields.nth(3).focus();
  await page.keyboard.press('ControlOrMeta+V');
  await app.expectSignedIn(person);
});

test('a code that the system fills in at once', async ({ app, person }) => {
  await app.askForCode(person);
  await expect(app.fields.first()).toHaveAttribute('autocomplete', 'one-time-code');
  await expect(app.fields.first()).toHaveAttribute('inputmode', 'numeric');
  await app.fields.first().fill(await person.code());
  await app.expectSignedIn(person);
});

test('the keyboard alone is enough, and mistakes can be mended', async ({ app, page, person }) => {
  await app.open();
  await page.getByLabel('E-mail address').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Enter your e-mail address.')).toBeVisible();
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await page.keyboard.type(person.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await expect(app.fields.first()).toBeFocused();

  const code = await person.code();
  await page.keyboard.type('12x');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Enter all 6 digits.')).toBeVisible();
  await expect(app.fields.nth(2)).toBeFocused();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await expect(app.fields.first()).toBeFocused();
  await expect(app.fields.first()).toHaveValue('');
  await page.keyboard.type(`${(Number(code[0]) + 1) % 10}${code.slice(1, 5)}`);
  // The right digit over a wrong one, then once more over itself.
  for (const _ of [1, 2]) {
    await page.keyboard.press('Home');
    await page.keyboard.type(code.slice(0, 1));
    await expect(app.fields.nth(5)).toBeFocused();
  }
  await page.keyboard.type(code.slice(5));
  await app.expectSignedIn(person);
});
