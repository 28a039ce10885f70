// Writes what the application has to know of a deployed stage to `public/outputs.json`: `npm run outputs -- --stage dev`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../public/outputs.json', import.meta.url));
const found = spawnSync('cargo', ['xtask', 'outputs', '--json', ...process.argv.slice(2)], {
  cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
});
if (found.error !== undefined) {
  console.error(`error: failed to start \`cargo\`: ${found.error.message}`);
  process.exitCode = 1;
} else if (found.status !== 0) {
  process.exitCode = 1;
} else {
  // Only now, so that a stage that is not deployed leaves the file of before.
  writeFileSync(file, found.stdout);
  console.error(`wrote ${file}`);
}
