import type { State } from '../sign-in/challenge';
import type { Refusal } from '../sign-in/refusal';

/** Everything that the pages say, in one language. */
export interface Words {
  readonly title: string;
  readonly language: string;
  readonly loading: string;
  readonly login: {
    readonly heading: string;
    readonly lead: string;
    readonly email: string;
    readonly password: string;
    readonly submit: string;
    readonly busy: string;
    readonly emailMissing: string;
    readonly passwordMissing: string;
    readonly signedOut: string;
    readonly signedOutHere: string;
  };
  readonly code: {
    readonly heading: string;
    readonly fields: string;
    readonly field: (number: number, of: number) => string;
    readonly hint: string;
    readonly reference: (reference: string) => string;
    readonly submit: string;
    readonly busy: string;
    readonly incomplete: (length: number) => string;
    readonly expiresIn: (clock: string) => string;
    readonly attemptsLeft: (attempts: number) => string;
    readonly resend: string;
    readonly resendIn: (clock: string) => string;
    readonly reloaded: string;
    readonly startAgain: string;
  };
  /** What each state means. `to` is the masked address. */
  readonly states: Readonly<Record<State, (to: string) => string>>;
  readonly stuckHeading: string;
  readonly lockedFor: (clock: string) => string;
  readonly lockOver: string;
  readonly refusals: Readonly<Record<Refusal, string>>;
  readonly signedIn: {
    readonly heading: string;
    readonly as: (email: string) => string;
    readonly claims: string;
    readonly claim: string;
    readonly value: string;
    readonly signOut: string;
    readonly busy: string;
  };
  readonly unconfigured: {
    readonly heading: string;
    readonly missing: string;
    readonly unusable: (why: string) => string;
    readonly then: string;
  };
}
