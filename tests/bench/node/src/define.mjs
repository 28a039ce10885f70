// DefineAuthChallenge, as far as the comparison goes: password first, then a code, then tokens.

const maxAttempts = Number(process.env.MAX_ATTEMPTS);

export async function handler(event) {
  const session = event.request.session ?? [];
  const challenge = (challengeName) => ({ challengeName, issueTokens: false, failAuthentication: false });
  const [srp, password, ...codes] = session;
  let response = { issueTokens: false, failAuthentication: true };
  if (srp?.challengeName === "SRP_A" && session.length === 1) {
    response = challenge("PASSWORD_VERIFIER");
  } else if (password?.challengeName === "PASSWORD_VERIFIER" && password.challengeResult) {
    const last = codes.at(-1);
    if (last?.challengeName === "CUSTOM_CHALLENGE" && last.challengeResult) {
      response = { issueTokens: true, failAuthentication: false };
    } else if (codes.length < maxAttempts) {
      response = challenge("CUSTOM_CHALLENGE");
    }
  }
  return { ...event, response };
}
