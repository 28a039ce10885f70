/** A claim of a token as people read it. */
export interface ShownClaim {
  readonly name: string;
  readonly value: string;
}

/** Claims that hold seconds since 1970 (RFC 7519 §4.1, OpenID Connect Core §2). */
const TIMES = ['auth_time', 'exp', 'iat', 'nbf'];

/** All claims by name, times in the language of the page. */
export function claimsShown(claims: Readonly<Record<string, unknown>>, language: string): ShownClaim[] {
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  return Object.entries(claims)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => {
      if (TIMES.includes(name) && typeof value === 'number') return { name, value: time.format(value * 1000) };
      return { name, value: typeof value === 'string' ? value : JSON.stringify(value) };
    });
}
