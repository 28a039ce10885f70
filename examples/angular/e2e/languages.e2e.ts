import { expect, test } from './support/test';

for (const { locale, lang, heading, sent, subject, claims } of [
  {
    locale: 'de-DE',
    lang: 'de',
    heading: 'Code eingeben',
    sent: 'Ein Code ist unterwegs an p***@e***.',
    subject: 'Ihr Bestätigungscode',
    claims: 'Angemeldet',
  },
  {
    locale: 'vi-VN',
    lang: 'vi',
    heading: 'Nhập mã',
    sent: 'Mã đang được gửi đến p***@e***.',
    subject: 'Mã xác nhận',
    claims: 'Đã đăng nhập',
  },
]) {
  test.describe(lang, () => {
    test.use({ locale });

    test(`page and mail in ${locale}`, async ({ app, page, person }) => {
      await page.goto('/');
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
      await page.locator('#email').fill(person.email);
      await page.locator('#password').fill(person.password);
      await page.keyboard.press('Enter');
      await expect(app.heading(heading)).toBeVisible();
      await expect(app.notice).toHaveText(sent);
      expect((await person.mails()).map((mail) => mail.subject)).toEqual([expect.stringContaining(subject)]);
      await page.keyboard.type(await person.code());
      await expect(app.heading(claims)).toBeVisible();
    });
  });
}

test('another language by choice, kept over a reload', async ({ app, page, person }) => {
  await app.open();
  await page.getByLabel('Language').selectOption('Deutsch');
  await expect(app.heading('Anmelden')).toBeVisible();
  await page.reload();
  await expect(app.heading('Anmelden')).toBeVisible();
  await page.getByLabel('E-Mail-Adresse').fill(person.email);
  await page.getByLabel('Passwort').fill(person.password);
  await page.getByRole('button', { name: 'Weiter' }).click();
  await expect(app.heading('Code eingeben')).toBeVisible();
  expect((await person.mails()).map((mail) => mail.subject)).toEqual([expect.stringContaining('Ihr Bestätigungscode')]);
});
