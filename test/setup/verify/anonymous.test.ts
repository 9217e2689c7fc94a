import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../setup/config.ts';
import { anonymizer } from '../../../setup/verify/anonymous.ts';

const settings = `
organization: https://tfs.corp.example/Contoso
project: Sales Ünit
pipeline: deploy-all
webhook: {name: salesHook, connection: sales-webhook}
portConnection: sales-port
port: {url: "https://port.inside.example:8443"}
`;
const environment = {
  PORT_CLIENT_ID: 'clientOfSales',
  HTTPS_PROXY: 'http://ann:secret@proxy.corp.example:8080',
  http_proxy: 'gateway.office.example:3128',
};

describe('the report of verify', () => {
  let anonymous: (text: string) => string;
  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anonymous-'));
    const file = join(folder, 'port-azure.yml');
    await writeFile(file, settings);
    anonymous = anonymizer(await readConfig(file), environment, 'Ann Doe (ann@corp.example)');
    await rm(folder, { recursive: true });
  });

  for (const [text, words] of [
    ['TF401027: Ann Doe needs a right in Sales Ünit', ['Ann', 'Doe', 'Sales']],
    ['signed in as Ann Doe (ann@corp.example)', ['Ann', 'ann@']],
    ['GET /Sales%20%C3%9Cnit/_apis -> 404', ['Sales', '%9Cnit']],
    ['getaddrinfo ENOTFOUND port.inside.example', ['inside']],
    ['proxy.corp.example:8080 refuses to connect', ['corp', 'proxy.']],
    ['no way through gateway.office.example', ['office']],
    ['connect ECONNREFUSED ::1:8443, and fe80::1', ['::1:8443']],
    ['connect EHOSTUNREACH some.other.host:443', ['some.other']],
    ['Host: a.b.example. is not in the names: DNS:*.corp.example, DNS:x.y.example', ['b.ex', 'corp', 'y.ex']],
    ["ENOENT: open '/home/anndoe/ca.pem' or C:\\Users\\anndoe\\ca.pem", ['anndoe']],
    ['/contoso/ship-it.yml (Line: 2, Col: 1): Unexpected value', ['contoso', 'ship']],
    ['the client clientOfSales is not known', ['clientOfSales']],
    ['salesHook, sales-webhook, deploy-all, SALES-PORT', ['sales', 'SALES', 'deploy-all']],
  ] as const)
    it(`names nobody in "${text}"`, () => {
      for (const word of words) assert.ok(!anonymous(text).includes(word), anonymous(text));
    });

  for (const text of [
    '422 run_exhausted',
    'resource.run.resources.repositories.self.refName, resource.stage.attempt',
    'found after 0.1 s; with include=scorecards: 200, not there',
    '2026-01-01T12:30:45.5Z, 1.20.300',
    'read ECONNRESET',
    'setup has not made the webhook; see port-azure.yml',
    'Azure DevOps has a problem; see its status page, and try again.',
    'no answer from https://api.port.io',
  ])
    it(`leaves "${text}" as it is`, () => {
      assert.equal(anonymous(text), text);
    });
});
