import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { type Page, expect } from '@playwright/test';
import type { AxeResults } from 'axe-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The narrowest page that WCAG 2.2 asks for (1.4.10), and one on a desk. */
const WIDTHS = [320, 1280];

/** Looks for what axe calls serious or critical, in light and dark, and for anything that stands out of a narrow page. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Evaluated from outside, since the policy of the page lets nobody add a script.
    const { violations } = (await page.evaluate(`${AXE}; axe.run()`)) as AxeResults;
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const found = grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    expect(found, `${name}, ${colorScheme}`).toEqual([]);
  }
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, `${name}, ${width} pixels wide`).toBeLessThanOrEqual(width);
  }
  if (size !== null) await page.setViewportSize(size);
}
