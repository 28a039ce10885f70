import { expect, test } from '@playwright/test';

import { clock, secondsLeft } from './time';

test('seconds that are left', () => {
  const rows = [
    { told: 600, passed: 0, left: 600 },
    { told: 600, passed: 999, left: 600 },
    { told: 600, passed: 1000, left: 599 },
    { told: 600, passed: 600_000, left: 0 },
    { told: 600, passed: 900_000, left: 0 },
    { told: 600, passed: -60_000, left: 600 },
    { told: 0, passed: 0, left: 0 },
  ];
  for (const { told, passed, left } of rows) expect(secondsLeft(told, 5000, 5000 + passed)).toBe(left);
});

test('seconds on a clock', () => {
  const rows = { 0: '0:00', 9: '0:09', 60: '1:00', 599: '9:59', 3600: '1:00:00', 86_400: '24:00:00' };
  for (const [seconds, shown] of Object.entries(rows)) expect(clock(Number(seconds))).toBe(shown);
});
