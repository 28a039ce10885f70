/**
 * What the browser is told to allow, and nothing else. The endpoint of Cognito is known only once a stage is deployed, so
 * this is made from its outputs, and sent as a header by whatever serves the application.
 *
 * @param {{ region?: string, endpoint?: string | null } | undefined} outputs a part of `cargo xtask outputs --json`
 * @returns {Record<string, string>} headers by name
 */
export function headersFor(outputs) {
  const cognito = outputs?.region === undefined ? [] : [outputs.endpoint ?? `https://cognito-idp.${outputs.region}.amazonaws.com`];
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${["'self'", ...cognito].join(' ')}`,
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // Texts become markup or code nowhere but in the one place of Angular's own that its compiler vouches for.
    "require-trusted-types-for 'script'",
    'trusted-types angular',
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
