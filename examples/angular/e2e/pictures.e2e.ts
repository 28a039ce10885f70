import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { ROOT } from './support/command';
import { expect, test } from './support/test';

/** The pictures of the README. `npm run pictures` takes them anew. */
const FOLDER = join(ROOT, 'docs/pictures');
/** What they show, as text and style: the same on every machine, while pixels are not. */
const SHOWN = join(FOLDER, 'shown.json');
const UPDATE = process.env['UPDATE_PICTURES'] === '1';
const SIZE = { width: 400, height: 640 };
const MOST_BYTES = 100_000;

test.use({ viewport: SIZE, deviceScaleFactor: 2 });

test('the pictures of the README show what there is', async ({ app, page, person }) => {
  const shown: Record<string, string> = {};
  const sheets = ['theme.css', 'styles.css'].map((name) => join(ROOT, 'examples/angular/src', name));
  const style = sheets.map((sheet) => readFileSync(sheet, 'utf8')).join('');

  await app.open();
  await page.getByLabel('E-mail address').fill('jane@example.com');
  await page.getByLabel('Password').fill('not a password');
  shown['login'] = await take(page, 'login', style);

  await app.loginForCode(person);
  await app.type((await person.code()).slice(0, 3));
  shown['code'] = await take(page, 'code', style);

  const mail = (await person.mails()).at(-1);
  // A mail program shows it without its scripts, and so does a page that is not this application.
  await page.goto('about:blank');
  await page.setContent(mail?.html ?? '');
  shown['mail'] = await take(page, 'mail', mail?.html ?? '');

  if (UPDATE) writeFileSync(SHOWN, `${JSON.stringify(shown, undefined, 2)}\n`);
  const taken = existsSync(SHOWN) ? (JSON.parse(readFileSync(SHOWN, 'utf8')) as unknown) : undefined;
  expect(taken, 'the pictures are of another time; take them anew: npm run pictures').toEqual(shown);
});

/** Takes the picture, or looks at the one that was taken. Says what it has to show. */
async function take(page: Page, name: string, style: string): Promise<string> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const file = join(FOLDER, `${name}-${colorScheme}.png`);
    const picture = await page.screenshot({ caret: 'initial', animations: 'disabled' });
    if (UPDATE) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, picture);
    }
    const kept = readFileSync(file);
    expect(size(kept), `${name}, ${colorScheme}`).toEqual(size(picture));
    expect(kept.length, `${name}, ${colorScheme}: bytes`).toBeLessThan(MOST_BYTES);
  }
  // Codes, references, times and addresses are others each time.
  const same = (text: string): string =>
    text
      .replace(/\b\d{6}\b|\b\d{3} \d{3}\b/g, '######')
      .replace(/\b[B-DF-HJ-NP-TV-XZ]{4}\b/g, 'XXXX')
      .replace(/\b\d+:\d\d\b/g, '#:##')
      .trim();
  const text = same(await page.locator('body').innerText());
  const hash = createHash('sha256').update(same(style)).digest('hex').slice(0, 16);
  return `${text}\n[style ${hash}]`;
}

/** Width and height, which stand in the first chunk of a PNG. */
function size(png: Buffer): [number, number] {
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}
