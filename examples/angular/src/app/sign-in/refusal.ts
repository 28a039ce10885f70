import type { Challenge } from './challenge';
import { secondsLeft } from './time';

/** Why a sign-in did not go on. */
export type Refusal =
  /** Wrong password, or no such user: which of the two is nobody's business. */
  | 'password'
  | 'password-reset'
  | 'password-missing'
  /** The last attempt was a wrong code. */
  | 'attempts'
  | 'too-late'
  /** Cognito ended the sign-in for a reason that it does not tell. */
  | 'ended'
  /** Signed in before, and not any more. */
  | 'session-over'
  /** A trigger refused, or is not available. */
  | 'refused'
  | 'slow-down'
  | 'offline'
  | 'other';

export type Step = 'password' | 'code';

/** What an error of `amazon-cognito-identity-js` means at this step; its `code` is Cognito's, or `NetworkError`. */
export function refusalOf(step: Step, error: unknown): Refusal {
  switch (codeOf(error)) {
    case 'NotAuthorizedException':
      return step === 'password' ? 'password' : 'ended';
    case 'UserNotFoundException':
      return 'password';
    case 'UserNotConfirmedException':
      return 'password-missing';
    case 'PasswordResetRequiredException':
      return 'password-reset';
    case 'CodeMismatchException':
    case 'ExpiredCodeException':
      return 'ended';
    case 'UserLambdaValidationException':
    case 'UnexpectedLambdaException':
    case 'InvalidLambdaResponseException':
      return 'refused';
    case 'TooManyRequestsException':
    case 'LimitExceededException':
      return 'slow-down';
    case 'NetworkError':
      return 'offline';
    default:
      return 'other';
  }
}

/** Cognito's refusal of an answer carries no reason, but what was told before does. */
export function whyEnded(refusal: Refusal, before: Challenge, answered: boolean, now: number): Refusal {
  if (refusal !== 'ended') return refusal;
  if (secondsLeft(before.secondsLeft, before.receivedAt, now) === 0) return 'too-late';
  return answered && before.attemptsLeft <= 1 ? 'attempts' : 'ended';
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name ?? '');
}
