// Prints the headers that the host of the built application has to send, for the stage of `public/outputs.json`.
import { headersFor } from './policy.mjs';
import { readOutputs } from './read-outputs.mjs';

const outputs = readOutputs();
if (outputs === undefined) {
  console.error('error: there is no `public/outputs.json`\nhint: `npm run outputs -- --stage STAGE`');
  process.exitCode = 1;
} else {
  for (const [name, value] of Object.entries(headersFor(JSON.parse(outputs)))) console.log(`${name}: ${value}`);
}
