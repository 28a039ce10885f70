import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
  type IAuthenticationCallback,
} from 'amazon-cognito-identity-js';

import type { Configuration } from '../configuration';
import { challengeOf } from './challenge';
import { type Refusal, type Step, refusalOf } from './refusal';
import { type Round, newAttempt } from './round';

/** The claims of an ID token, for showing. Cognito has signed them; whoever decides by them has to verify that. */
export type Claims = Readonly<Record<string, unknown>>;

/** What a step of the sign-in led to. */
export type Outcome =
  | { readonly kind: 'challenge'; readonly round: Round }
  | { readonly kind: 'signed-in'; readonly claims: Claims }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * The sign-in as Cognito has it: SRP for the password, then rounds of the custom challenge.
 *
 * Every answer is made from a round alone, so that a reloaded page goes the same way as any other.
 */
export class Cognito {
  readonly #pool: CognitoUserPool;
  readonly #storage: Storage;

  constructor(configuration: Configuration, storage: Storage) {
    this.#storage = storage;
    this.#pool = new CognitoUserPool({
      UserPoolId: configuration.userPoolId,
      ClientId: configuration.clientId,
      Storage: storage,
      // Without it the library looks for a script of Amazon's that collects data about the browser.
      AdvancedSecurityDataCollectionFlag: false,
      ...(configuration.endpoint === undefined ? {} : { endpoint: configuration.endpoint }),
    });
  }

  /** Proves the password, and asks for a code. */
  start(email: string, password: string, locale: string): Promise<Outcome> {
    const attempt = newAttempt();
    const user = this.#user(email);
    user.setAuthenticationFlowType('CUSTOM_AUTH');
    const details = new AuthenticationDetails({
      Username: email,
      Password: password,
      ClientMetadata: { attempt, locale },
    });
    return this.#step(user, 'password', attempt, (callback) => user.authenticateUser(details, callback));
  }

  /** Answers with a code. */
  answer(round: Round, code: string, locale: string): Promise<Outcome> {
    return this.#respond(round, code, { attempt: round.attempt, locale });
  }

  /** Asks for the mail again. Cognito wants some answer; the triggers do not look at it then. */
  resend(round: Round, locale: string): Promise<Outcome> {
    return this.#respond(round, '-', { attempt: round.attempt, locale, action: 'resend' });
  }

  /** Who is signed in in this tab, with the tokens refreshed if they have to be. */
  current(): Promise<Outcome | undefined> {
    const user = this.#pool.getCurrentUser();
    if (user === null) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      user.getSession((error: Error | null, session: CognitoUserSession | null) => {
        if (session !== null) {
          resolve(signedIn(session));
          return;
        }
        const refusal = refusalOf('code', error);
        resolve({ kind: 'refused', refusal: refusal === 'ended' ? 'session-over' : refusal });
      });
    });
  }

  /** Ends every session of the user, and this one in any case. Says whether the others are ended, too. */
  signOut(): Promise<boolean> {
    const user = this.#pool.getCurrentUser();
    if (user === null) return Promise.resolve(true);
    const end = (everywhere: boolean): boolean => {
      user.signOut();
      return everywhere;
    };
    return new Promise((resolve) => {
      user.getSession((error: Error | null) => {
        if (error !== null) resolve(end(false));
        else user.globalSignOut({ onSuccess: () => resolve(end(true)), onFailure: () => resolve(end(false)) });
      });
    });
  }

  #respond(round: Round, answer: string, metadata: Record<string, string>): Promise<Outcome> {
    const user = this.#user(round.username);
    setSessionString(user, round.session);
    return this.#step(user, 'code', round.attempt, (callback) =>
      user.sendCustomChallengeAnswer(answer, callback, metadata),
    );
  }

  #user(username: string): CognitoUser {
    return new CognitoUser({ Username: username, Pool: this.#pool, Storage: this.#storage });
  }

  #step(
    user: CognitoUser,
    step: Step,
    attempt: string,
    call: (callback: IAuthenticationCallback) => void,
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const refuse = (refusal: Refusal): void => resolve({ kind: 'refused', refusal });
      call({
        onSuccess: (session) => resolve(signedIn(session)),
        onFailure: (error: unknown) => refuse(refusalOf(step, error)),
        customChallenge: (parameters: Record<string, string>) => {
          const challenge = challengeOf(parameters, Date.now());
          const round = { session: sessionString(user), username: user.getUsername(), attempt, challenge };
          resolve({ kind: 'challenge', round });
        },
        newPasswordRequired: () => refuse('password-missing'),
        mfaRequired: () => refuse('other'),
        totpRequired: () => refuse('other'),
        mfaSetup: () => refuse('other'),
        selectMFAType: () => refuse('other'),
      });
    });
  }
}

function signedIn(session: CognitoUserSession): Outcome {
  return { kind: 'signed-in', claims: session.getIdToken().decodePayload() };
}

/** The library keeps the session string in a field that its types do not show. */
interface WithSession {
  Session: string;
}

function sessionString(user: CognitoUser): string {
  return (user as unknown as WithSession).Session;
}

function setSessionString(user: CognitoUser, session: string): void {
  (user as unknown as WithSession).Session = session;
}
