import { isHopeless } from '../sign-in/challenge';
import type { Page } from '../sign-in/sign-in';
import { secondsLeft } from '../sign-in/time';
import type { Words } from '../words/words';

/** What has just happened, in words, for eyes and screen readers alike. */
export interface Notice {
  readonly tone: 'none' | 'info' | 'problem';
  readonly text: string;
}

const NONE: Notice = { tone: 'none', text: '' };

/** The one notice of a page. */
export function noticeOf(page: Page, words: Words, now: number): Notice {
  switch (page.name) {
    case 'login':
      return login(page.said, words);
    case 'code':
      return code(page, words, now);
    case 'stuck':
      return problem(words.states[page.round.challenge.state](page.round.challenge.destination));
    default:
      return NONE;
  }
}

function login(said: Extract<Page, { name: 'login' }>['said'], words: Words): Notice {
  if (said === undefined) return NONE;
  if (said === 'signed-out') return info(words.login.signedOut);
  if (said === 'signed-out-here') return problem(words.login.signedOutHere);
  return problem(words.refusals[said]);
}

function code(page: Extract<Page, { name: 'code' }>, words: Words, now: number): Notice {
  const { challenge } = page.round;
  const says = words.states[challenge.state](challenge.destination);
  // What was told before is overtaken by the clock, but for a reason why there is no code at all.
  if (hasExpired(page, now)) return problem(words.states.CODE_EXPIRED(challenge.destination));
  if (page.said === 'reloaded') return info(words.code.reloaded);
  if (page.said !== undefined) return problem(words.refusals[page.said]);
  if (challenge.state === 'CODE_WRONG') return problem(`${says} ${words.code.attemptsLeft(challenge.attemptsLeft)}`);
  return challenge.state === 'CODE_SENT' ? info(says) : problem(says);
}

/** Whether there was a code to enter whose time is over by now. */
function hasExpired(page: Extract<Page, { name: 'code' }>, now: number): boolean {
  const { challenge } = page.round;
  if (challenge.secondsLeft === 0 || isHopeless(challenge)) return false;
  return secondsLeft(challenge.secondsLeft, challenge.receivedAt, now) === 0;
}

const info = (text: string): Notice => ({ tone: 'info', text });
const problem = (text: string): Notice => ({ tone: 'problem', text });
