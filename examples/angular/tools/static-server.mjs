import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

import { headersFor } from './policy.mjs';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
const OUTPUTS = '/outputs.json';

/**
 * Serves the built application on the loopback interface, under the headers that a production host has to send.
 *
 * @param {{ folder: string, port?: number, outputs: string | undefined }} options the folder of the build; without a port,
 *   any that is free; the text of the outputs, if there is one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ folder, port = 0, outputs }) {
  const headers = headersFor(outputs === undefined ? undefined : JSON.parse(outputs));
  /** @param {string} path */
  const content = async (path) => {
    if (path === OUTPUTS) return outputs;
    const file = normalize(join(folder, path === '/' ? 'index.html' : path));
    if (!file.startsWith(normalize(folder) + sep)) return undefined;
    return readFile(file).catch(() => undefined);
  };
  const server = createServer(async (request, answer) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const body = await content(path);
    const type = TYPES[path === '/' ? '.html' : extname(path)] ?? 'text/plain; charset=utf-8';
    answer.writeHead(body === undefined ? 404 : 200, { ...headers, 'Cache-Control': 'no-cache', 'Content-Type': type });
    answer.end(body ?? 'not found\n');
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
