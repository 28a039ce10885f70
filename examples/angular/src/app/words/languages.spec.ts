import { expect, test } from '@playwright/test';

import { STATES } from '../sign-in/challenge';
import { de } from './de';
import { en } from './en';
import { LANGUAGES, languageOf } from './languages';
import { vi } from './vi';

test('the first language that there are words for', () => {
  const rows: [string[], string][] = [
    [['vi-VN', 'en-US'], 'vi'],
    [['fr-FR', 'DE-at', 'en'], 'de'],
    [['', 'en-GB'], 'en'],
    [['fr', 'toString'], 'en'],
    [[], 'en'],
  ];
  for (const [wanted, found] of rows) expect(languageOf(wanted), wanted.join()).toBe(found);
});

test('each state is said in its own words, in each language', () => {
  const languages = { en, de, vi };
  expect(Object.keys(languages)).toEqual(Object.keys(LANGUAGES));
  for (const words of Object.values(languages)) {
    const said = [...STATES, 'UNKNOWN' as const].map((state) => words.states[state]('j***@e***'));
    expect(new Set(said).size).toBe(STATES.length + 1);
    expect(said[0]).toContain('j***@e***');
  }
});
