import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';

/** What systems call a browser that Playwright can drive. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser that `E2E_CHROMIUM` names, else one of the system's, else the one that `npx playwright install` fetched. */
export function browser(): Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> {
  const named = process.env['E2E_CHROMIUM'];
  const executablePath = named === undefined || named === '' ? onPath() : named;
  return { browserName: 'chromium', ...(executablePath === undefined ? {} : { launchOptions: { executablePath } }) };
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
