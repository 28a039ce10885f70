import type { Challenge } from './challenge';

/**
 * A sign-in whose password was accepted, and which waits for the code: all that the next answer needs.
 *
 * It is kept for a reload. `session` is of use only together with the code, and only for minutes; the password is not in it.
 */
export interface Round {
  /** Cognito's handle to the sign-in; a new one with every reply. */
  readonly session: string;
  /** The name that Cognito knows the user by, which is not what was typed. */
  readonly username: string;
  /** The mark of this sign-in, the same in all of its calls. */
  readonly attempt: string;
  readonly challenge: Challenge;
}

/** 128 random bits in hexadecimal: a mark that nobody else's sign-in has. */
export function newAttempt(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const KEY = 'sign-in.round';
/** Of the form of a round: a tab may be reloaded into a newer build of this application. */
const VERSION = 2;

interface Kept {
  readonly version: number;
  readonly clientId: string;
  readonly round: Round;
}

/** The round of this tab, if one was kept and can still be answered. */
export function keptRound(storage: Storage, clientId: string): Round | undefined {
  const text = storage.getItem(KEY);
  if (text === null) return undefined;
  try {
    const kept = JSON.parse(text) as Partial<Kept>;
    return kept.version === VERSION && kept.clientId === clientId ? kept.round : undefined;
  } catch {
    return undefined;
  }
}

/** Only this application writes there, for one app client. */
export function keepRound(storage: Storage, clientId: string, round: Round | undefined): void {
  if (round === undefined) storage.removeItem(KEY);
  else storage.setItem(KEY, JSON.stringify({ version: VERSION, clientId, round } satisfies Kept));
}
