// CreateAuthChallenge: a new code, stored as pending, mailed, and stored as sent.
import crypto from "node:crypto";
import { SendEmailCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { code, load, save } from "./store.mjs";

const ses = new SESv2Client({ region: process.env.EMAIL_REGION });
const PRODUCT = process.env.PRODUCT_NAME;
const MINUTES = Number(process.env.CONFIRM_CODE_TIMEOUT);

const part = (Data) => ({ Data, Charset: "UTF-8" });

function mail(digits) {
  const text = `Your code for ${PRODUCT}: ${digits}\n\nIt works once, within ${MINUTES} minutes.\n`;
  const html = `<!doctype html><html lang="en"><body><p>Your code for ${PRODUCT}:</p><p><b>${digits}</b></p><p>It works once, within ${MINUTES} minutes.</p></body></html>`;
  return { Subject: part(`Your code for ${PRODUCT}`), Body: { Text: part(text), Html: part(html) } };
}

const masked = (address) => address.replace(/^(.)[^@]*@(.).*$/u, "$1***@$2***");

export async function handler(event) {
  const loaded = await load(event);
  const now = Math.floor(Date.now() / 1000);
  const challenge = {
    id: crypto.randomBytes(16).toString("base64url"),
    nonce: crypto.randomBytes(16).toString("base64url"),
    attempt: event.request.clientMetadata?.attempt,
    made: now,
    left: Number(process.env.MAX_ATTEMPTS),
    state: "pending",
  };
  const pending = { ...loaded.state, challenge, sends: [...loaded.state.sends, now] };
  const version = await save(event, loaded.version, pending);
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: process.env.EMAIL_FROM_ADDRESS,
      Destination: { ToAddresses: [loaded.address] },
      Content: {
        Simple: { ...mail(await code(event, challenge)), Headers: [{ Name: "Auto-Submitted", Value: "auto-generated" }] },
      },
    }),
  );
  await save(event, version, { ...pending, challenge: { ...challenge, state: "sent" } });
  const response = {
    publicChallengeParameters: {
      CODE_DELIVERY_DELIVERY_MEDIUM: "EMAIL",
      CODE_DELIVERY_DESTINATION: masked(loaded.address),
      state: "CODE_SENT",
      secondsLeft: String(MINUTES * 60),
    },
    privateChallengeParameters: { challenge: challenge.id },
    challengeMetadata: `challenge=${challenge.id}`,
  };
  return { ...event, response };
}
