import { readFileSync } from 'node:fs';

/** @returns {string | undefined} the text of `public/outputs.json`, if it is there */
export function readOutputs() {
  try {
    return readFileSync(new URL('../public/outputs.json', import.meta.url), 'utf8');
  } catch {
    return undefined;
  }
}
