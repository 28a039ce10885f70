import { expect, test } from '@playwright/test';

import { challengeOf } from './challenge';
import { refusalOf, whyEnded } from './refusal';

for (const [step, code, expected] of [
  ['password', 'NotAuthorizedException', 'password'],
  ['password', 'UserNotFoundException', 'password'],
  ['password', 'UserNotConfirmedException', 'password-missing'],
  ['password', 'PasswordResetRequiredException', 'password-reset'],
  ['password', 'UserLambdaValidationException', 'refused'],
  ['password', 'TooManyRequestsException', 'slow-down'],
  ['password', 'NetworkError', 'offline'],
  ['password', 'InvalidParameterException', 'other'],
  ['code', 'NotAuthorizedException', 'ended'],
  ['code', 'CodeMismatchException', 'ended'],
  ['code', 'InvalidLambdaResponseException', 'refused'],
  ['code', 'LimitExceededException', 'slow-down'],
  ['code', 'NetworkError', 'offline'],
  ['code', 'NewException', 'other'],
] as const) {
  test(`refusal: ${code} at the ${step}`, () => expect(refusalOf(step, { code })).toBe(expected));
}

test('errors of no known form are no reason to fail', () => {
  expect([undefined, null, 'text', {}, new Error('x')].map((error) => refusalOf('code', error))).toEqual(
    Array(5).fill('other'),
  );
});

test('why Cognito ended a sign-in', () => {
  const before = (attemptsLeft: number) =>
    challengeOf({ state: 'CODE_WRONG', secondsLeft: '10', attemptsLeft: String(attemptsLeft) }, 0);
  expect(whyEnded('ended', before(1), true, 0), 'the last attempt').toBe('attempts');
  expect(whyEnded('ended', before(2), true, 0), 'attempts were left').toBe('ended');
  expect(whyEnded('ended', before(1), false, 0), 'a resend is no attempt').toBe('ended');
  expect(whyEnded('ended', before(1), true, 10_000), 'the time was over').toBe('too-late');
  expect(whyEnded('offline', before(1), true, 10_000), 'another refusal').toBe('offline');
});
