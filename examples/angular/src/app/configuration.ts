/** What the application has to know of a deployed stage: a part of `cargo xtask outputs --json`. */
export interface Configuration {
  readonly userPoolId: string;
  /** The public app client, without a secret. */
  readonly clientId: string;
  /** The local AWS; absent on AWS, where the SDK knows the way. */
  readonly endpoint?: string;
}

export type Configured =
  | { readonly kind: 'ready'; readonly configuration: Configuration }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string };

/** The file beside the application; see `npm run outputs`. */
export const OUTPUTS = 'outputs.json';
const SCHEMA_VERSION = 1;
/** The app client of the stage file that a browser uses. */
const CLIENT = 'web';
/** What the SDK takes for one, and refuses by an exception otherwise. */
const USER_POOL_ID = /^[\w-]+_[0-9a-zA-Z]+$/;

/**
 * Reads the text of the file.
 *
 * Many servers of single-page applications answer with the page itself for a file that is not there, so a text that is no
 * JSON means the same as no file.
 */
export function configurationOf(text: string): Configured {
  let outputs: unknown;
  try {
    outputs = JSON.parse(text);
  } catch {
    return { kind: 'missing' };
  }
  if (!isRecord(outputs)) return { kind: 'missing' };
  if (outputs['schemaVersion'] !== SCHEMA_VERSION) {
    return { kind: 'unusable', why: `schemaVersion ${String(outputs['schemaVersion'])}` };
  }
  const clients = outputs['clients'];
  const client = isRecord(clients) ? clients[CLIENT] : undefined;
  const clientId = isRecord(client) ? client['id'] : undefined;
  const userPoolId = outputs['userPoolId'];
  const endpoint = outputs['endpoint'] ?? undefined;
  if (typeof userPoolId !== 'string' || !USER_POOL_ID.test(userPoolId)) return { kind: 'unusable', why: 'userPoolId' };
  if (typeof clientId !== 'string') return { kind: 'unusable', why: `clients.${CLIENT}` };
  if (endpoint === undefined) return { kind: 'ready', configuration: { userPoolId, clientId } };
  if (typeof endpoint !== 'string') return { kind: 'unusable', why: 'endpoint' };
  return { kind: 'ready', configuration: { userPoolId, clientId, endpoint } };
}

/** Fetches the file and reads it. */
export async function loadConfiguration(): Promise<Configured> {
  try {
    const answer = await fetch(OUTPUTS, { cache: 'no-cache' });
    return answer.ok ? configurationOf(await answer.text()) : { kind: 'missing' };
  } catch (error) {
    return { kind: 'unusable', why: String(error) };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
