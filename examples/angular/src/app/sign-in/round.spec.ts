import { expect, test } from '@playwright/test';

import { challengeOf } from './challenge';
import { type Round, keepRound, keptRound, newAttempt } from './round';

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

const ROUND: Round = {
  session: 'session',
  username: 'name',
  attempt: newAttempt(),
  challenge: challengeOf({ state: 'CODE_SENT' }, 7),
};

test('a round outlives a reload, for its own app client', () => {
  const tab = storage();
  keepRound(tab, 'web', ROUND);
  expect(keptRound(tab, 'web')).toEqual(ROUND);
  expect(keptRound(tab, 'other')).toBeUndefined();
  keepRound(tab, 'web', undefined);
  expect(keptRound(tab, 'web')).toBeUndefined();
});

test('what is no round is none', () => {
  const tab = storage();
  for (const text of ['{"clientId":', '7', JSON.stringify({ version: 0, clientId: 'web', round: ROUND })]) {
    tab.setItem('sign-in.round', text);
    expect(keptRound(tab, 'web')).toBeUndefined();
  }
});

test('a mark is as long as the triggers take it, and never the same', () => {
  expect(newAttempt()).toMatch(/^[0-9a-f]{32}$/);
  expect(newAttempt()).not.toBe(newAttempt());
});
