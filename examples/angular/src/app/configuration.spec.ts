import { expect, test } from '@playwright/test';

import { configurationOf } from './configuration';

const OUTPUTS = {
  schemaVersion: 1,
  stage: 'prod',
  region: 'eu-central-1',
  endpoint: null as unknown,
  userPoolId: 'eu-central-1_Abc' as unknown,
  clients: { web: { id: '1web' }, server: { id: '2server' } } as unknown,
};
const ON_AWS = { userPoolId: 'eu-central-1_Abc', clientId: '1web' };
const LOCAL = 'http://127.0.0.1:4566';

for (const [name, text, expected] of [
  ['on AWS', JSON.stringify(OUTPUTS), { kind: 'ready', configuration: ON_AWS }],
  [
    'local',
    JSON.stringify({ ...OUTPUTS, endpoint: LOCAL }),
    { kind: 'ready', configuration: { ...ON_AWS, endpoint: LOCAL } },
  ],
  ['the page itself instead of the file', '<!doctype html>', { kind: 'missing' }],
  ['an empty file', '', { kind: 'missing' }],
  ['null', 'null', { kind: 'missing' }],
  ['of another time', JSON.stringify({ ...OUTPUTS, schemaVersion: 2 }), { kind: 'unusable', why: 'schemaVersion 2' }],
  ['no pool', JSON.stringify({ ...OUTPUTS, userPoolId: 7 }), { kind: 'unusable', why: 'userPoolId' }],
  ['no id', JSON.stringify({ ...OUTPUTS, userPoolId: 'pool' }), { kind: 'unusable', why: 'userPoolId' }],
  [
    'no public client',
    JSON.stringify({ ...OUTPUTS, clients: { server: { id: '2' } } }),
    { kind: 'unusable', why: 'clients.web' },
  ],
  ['a strange endpoint', JSON.stringify({ ...OUTPUTS, endpoint: 4566 }), { kind: 'unusable', why: 'endpoint' }],
] as const) {
  test(`configuration: ${name}`, () => expect(configurationOf(text)).toEqual(expected));
}
