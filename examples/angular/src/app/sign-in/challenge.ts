/** The states that the triggers promise. There may be others one day. */
export const STATES = [
  'CODE_SENT',
  'CODE_WRONG',
  'CODE_EXPIRED',
  'CODE_OLDER',
  'CODE_SUPERSEDED',
  'SEND_THROTTLED',
  'SEND_FAILED',
  'NO_VERIFIED_ADDRESS',
  'ADDRESS_NOT_MAILABLE',
  'USER_DISABLED',
  'ATTEMPTS_EXHAUSTED',
  'LOCKED',
  'LOCKED_UNTIL_UNLOCKED',
  'ATTEMPT_INVALID',
] as const;

export type State = (typeof STATES)[number] | 'UNKNOWN';

/** No answer to these can be right: the person has to start again, now or later. */
const HOPELESS: readonly State[] = [
  'NO_VERIFIED_ADDRESS',
  'ADDRESS_NOT_MAILABLE',
  'USER_DISABLED',
  'ATTEMPTS_EXHAUSTED',
  'LOCKED',
  'LOCKED_UNTIL_UNLOCKED',
  'ATTEMPT_INVALID',
  'UNKNOWN',
];

/** What the public parameters of a `CUSTOM_CHALLENGE` say. */
export interface Challenge {
  readonly state: State;
  /** The masked address that the code went to. */
  readonly destination: string;
  /** What stands in the mail, too, so that it can be told from an older one; empty where there is no code. */
  readonly mailReference: string;
  /** Digits of the code. */
  readonly codeLength: number;
  readonly secondsLeft: number;
  readonly attemptsLeft: number;
  /** Seconds until another mail may be asked for, or until a lock is over. */
  readonly secondsToWait: number;
  /** When this was said, in milliseconds since 1970 by the browser's clock. */
  readonly receivedAt: number;
}

const CODE_LENGTH = { least: 6, most: 8 };

/** Reads the parameters, which are texts all of them. */
export function challengeOf(parameters: Readonly<Record<string, string | undefined>>, receivedAt: number): Challenge {
  const said = parameters['state'];
  const number = (name: string): number => {
    const value = Number(parameters[name] ?? '0');
    return Number.isInteger(value) && value > 0 ? value : 0;
  };
  const { least, most } = CODE_LENGTH;
  return {
    state: STATES.find((state) => state === said) ?? 'UNKNOWN',
    destination: parameters['CODE_DELIVERY_DESTINATION'] ?? '',
    mailReference: parameters['mailReference'] ?? '',
    codeLength: Math.min(most, Math.max(least, number('codeLength'))),
    secondsLeft: number('secondsLeft'),
    attemptsLeft: number('attemptsLeft'),
    secondsToWait: number('secondsToWait'),
    receivedAt,
  };
}

export function isHopeless(challenge: Challenge): boolean {
  return HOPELESS.includes(challenge.state);
}
