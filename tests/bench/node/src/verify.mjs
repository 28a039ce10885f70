// VerifyAuthChallengeResponse: the guess is counted before it is compared, and a right code is used up.
import crypto from "node:crypto";
import { code, load, save } from "./store.mjs";

const equal = (left, right) => left.length === right.length && crypto.timingSafeEqual(Buffer.from(left), Buffer.from(right));

async function judge(event) {
  const loaded = await load(event);
  const challenge = loaded.state.challenge;
  if (challenge?.id !== event.request.privateChallengeParameters.challenge || challenge.left === 0) return false;
  const reserved = { ...loaded.state, challenge: { ...challenge, left: challenge.left - 1 } };
  const version = await save(event, loaded.version, reserved);
  if (!equal(await code(event, challenge), String(event.request.challengeAnswer))) return false;
  const consumed = { client: event.callerContext.clientId, at: Math.floor(Date.now() / 1000) };
  await save(event, version, { ...reserved, challenge: undefined, consumed });
  return true;
}

export const handler = async (event) => ({ ...event, response: { answerCorrect: await judge(event) } });
