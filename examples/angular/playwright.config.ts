import { defineConfig } from '@playwright/test';

import { browser } from './e2e/support/browser';

/** `logic` is what needs neither a browser nor a deployed stage. */
export default defineConfig({
  outputDir: 'test-results',
  fullyParallel: true,
  forbidOnly: process.env['CI'] === 'true',
  workers: 2,
  // What has not come by then hangs: nothing here is a measure of the machine.
  timeout: 600_000,
  globalTimeout: 3_600_000,
  expect: { timeout: 120_000 },
  reporter: 'list',
  projects: [
    { name: 'logic', testDir: '.', testMatch: ['src/**/*.spec.ts', 'tools/*.spec.ts'] },
    {
      name: 'browser',
      testDir: 'e2e',
      testMatch: '**/*.e2e.ts',
      use: { ...browser(), locale: 'en-US', trace: 'retain-on-failure' },
    },
  ],
});
