import { expect, test } from '@playwright/test';

import { challengeOf } from '../sign-in/challenge';
import type { Page } from '../sign-in/sign-in';
import { en } from '../words/en';
import { noticeOf } from './notice';

/** A page of the code form: what the challenge says, and what has happened since. */
function code(parameters: Record<string, string>, said?: Extract<Page, { name: 'code' }>['said']): Page {
  const challenge = challengeOf({ secondsLeft: '600', attemptsLeft: '2', ...parameters }, 0);
  const round = { session: 's', username: 'u', attempt: 'a', challenge };
  return { name: 'code', round, ...(said === undefined ? {} : { said }) };
}

const SENT = { state: 'CODE_SENT', CODE_DELIVERY_DESTINATION: 'j***@e***' };
const LATER = 600_000;

for (const [name, page, now, tone, text] of [
  ['sent', code(SENT), 0, 'info', 'A code is on its way to j***@e***.'],
  ['sent, long ago', code(SENT), LATER, 'problem', 'The code has expired. Have a new one sent.'],
  ['reloaded', code(SENT, 'reloaded'), 0, 'info', en.code.reloaded],
  ['reloaded too late', code(SENT, 'reloaded'), LATER, 'problem', en.states.CODE_EXPIRED('')],
  ['wrong', code({ state: 'CODE_WRONG' }), 0, 'problem', 'That was not the code. 2 attempts left.'],
  ['offline', code(SENT, 'offline'), 0, 'problem', en.refusals.offline],
  ['no code at all', code({ state: 'SEND_THROTTLED', secondsLeft: '0' }), LATER, 'problem', en.states.SEND_THROTTLED('')],
  ['signed out', { name: 'login', said: 'signed-out' }, 0, 'info', en.login.signedOut],
  ['signed out here', { name: 'login', said: 'signed-out-here' }, 0, 'problem', en.login.signedOutHere],
  ['refused', { name: 'login', said: 'password' }, 0, 'problem', en.refusals.password],
  ['nothing yet', { name: 'login' }, 0, 'none', ''],
  ['signed in', { name: 'signed-in', claims: {} }, 0, 'none', ''],
] as [string, Page, number, string, string][]) {
  test(`notice: ${name}`, () => expect(noticeOf(page, en, now)).toEqual({ tone, text }));
}
