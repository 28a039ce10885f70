// Serves `dist` under the headers of production, until it is ended: `npm run serve [-- PORT]`.
import { fileURLToPath } from 'node:url';

import { readOutputs } from './read-outputs.mjs';
import { serve } from './static-server.mjs';

const port = Number(process.argv[2] ?? 4200);
const { url } = await serve({ folder: fileURLToPath(new URL('../dist', import.meta.url)), port, outputs: readOutputs() });
console.log(url);
