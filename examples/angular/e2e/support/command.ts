import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository, from which the commands work. */
export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
/** What has not ended by then hangs. */
const BOUND_MS = 480_000;

/** A program by the variable that `cargo xtask test` names it in, or as somebody runs it by hand. */
function program(variable: string, byHand: readonly string[]): string[] {
  const named = process.env[variable];
  return named === undefined || named === '' ? [...byHand] : [named];
}

const XTASK = program('E2E_XTASK', ['cargo', 'xtask']);
const AGE = program('E2E_AGE', ['cargo', 'run', '--quiet', '--package', 'e2e', '--bin', 'age', '--']);

/** Runs `cargo xtask` with these arguments and this standard input, and gives its standard output. */
export function xtask(args: readonly string[], input = ''): Promise<string> {
  return run([...XTASK, ...args], input);
}

/** Lets seconds pass for what the deployed stack keeps of a user. */
export async function age(email: string, seconds: number): Promise<void> {
  await run([...AGE, email, String(seconds)], '');
}

function run([file, ...args]: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (file === undefined) throw new Error('a program is wanted');
    const child = execFile(file, args, { cwd: ROOT, timeout: BOUND_MS }, (error, stdout, stderr) => {
      // The error of Node's repeats the command and not much else.
      if (error === null) resolve(stdout);
      else reject(new Error(`\`${[file, ...args].join(' ')}\` failed: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on('error', () => undefined).end(input);
  });
}
