import { expect, test } from '@playwright/test';

import { STATES, type State, challengeOf, isHopeless } from './challenge';

test('parameters of a challenge', () => {
  const parameters = {
    state: 'CODE_SENT',
    CODE_DELIVERY_DESTINATION: 'j***@e***',
    mailReference: 'KXPD',
    codeLength: '8',
    secondsLeft: '599',
    attemptsLeft: '3',
    secondsToWait: '30',
  };
  expect(challengeOf(parameters, 7)).toEqual({
    state: 'CODE_SENT',
    destination: 'j***@e***',
    mailReference: 'KXPD',
    codeLength: 8,
    secondsLeft: 599,
    attemptsLeft: 3,
    secondsToWait: 30,
    receivedAt: 7,
  });
});

test('what is missing or strange counts as nothing', () => {
  const none = { secondsLeft: 0, attemptsLeft: 0, secondsToWait: 0 };
  const nothing = { destination: '', mailReference: '', codeLength: 6, ...none, receivedAt: 7 };
  expect(challengeOf({}, 7)).toEqual({ state: 'UNKNOWN', ...nothing });
  const strange = { state: 'ON_FIRE', codeLength: '1000', secondsLeft: 'soon', attemptsLeft: '-1', secondsToWait: '1.5' };
  expect(challengeOf(strange, 7)).toEqual({ state: 'UNKNOWN', ...nothing, codeLength: 8 });
});

test('in which states an answer cannot be right', () => {
  const hopeless = [...STATES, 'UNKNOWN'].filter((state) => isHopeless(challengeOf({ state }, 0)));
  const expected: State[] = [
    'NO_VERIFIED_ADDRESS',
    'ADDRESS_NOT_MAILABLE',
    'USER_DISABLED',
    'ATTEMPTS_EXHAUSTED',
    'LOCKED',
    'LOCKED_UNTIL_UNLOCKED',
    'ATTEMPT_INVALID',
    'UNKNOWN',
  ];
  expect(hopeless).toEqual(expected);
});
