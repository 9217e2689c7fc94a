import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDefinitions, readFolder } from '../../local/folder.ts';

describe('a folder for the local loop', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'folder-'));
    mkdirSync(join(folder, 'port'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const pipeline = (connection: string) =>
    `resources:\n  webhooks:\n    - webhook: port\n      connection: ${connection}\nsteps:\n  - task: PortRunStatus@1\n` +
    `    inputs:\n      portConnection: 'my port'\n  - script: echo\n`;
  const action = (org: string, webhook: string) =>
    JSON.stringify({ identifier: webhook, invocationMethod: { type: 'AZURE_DEVOPS', org, webhook } });

  it('may have organization, webhooks and service connections of other names than the examples', async () => {
    write('one.yml', pipeline('one-hook').replace("'my port'", 'contoso-port'));
    write('two.yaml', pipeline('two-hook').replace("'my port'", '"port"'));
    write('compose.yml', 'services:\n  steps: none\n');
    write('port/one.json', action('contoso', 'one'));
    write('port/two.json', action('contoso', 'two'));
    assert.deepEqual(await readFolder(folder), {
      pipelines: ['one.yml', 'two.yaml'],
      organization: 'contoso',
      connections: {
        webhooks: [
          { name: 'one', connection: 'one-hook', isSigned: true },
          { name: 'two', connection: 'two-hook', isSigned: true },
        ],
        port: ['contoso-port', 'port'],
      },
    });
  });

  it('says where its actions call the runs API', async () => {
    write('one.yml', 'steps: []\n');
    const url = 'https://dev.azure.com/contoso/my%20shop/_apis/pipelines/1/runs';
    write('port/one.json', JSON.stringify({ identifier: 'one', invocationMethod: { type: 'WEBHOOK', url } }));
    const { organization, project, connections } = await readFolder(folder);
    assert.deepEqual([organization, project], ['contoso', 'my shop']);
    assert.deepEqual(connections, {
      webhooks: [{ name: 'portDeploy', connection: 'port-webhook', isSigned: true }],
      port: ['port'],
    });
  });

  it('says it also where the address is a text of JQ in a mapping', async () => {
    write('one.yml', 'steps: []\n');
    const link = '"https://dev.azure.com/contoso/" + .body.project + "/_build"';
    write(
      'port/0.json',
      JSON.stringify({ identifier: 'a', mappings: [{ entity: { properties: { link } } }] }),
    );
    write('port/one.json', action('contoso', 'one'));
    const { organization, project } = await readFolder(folder);
    assert.deepEqual([organization, project], ['contoso', undefined]);
    write(
      'port/0.json',
      JSON.stringify({ identifier: 'a', mappings: [{ link: '"https://dev.azure.com/" + .a' }] }),
    );
    assert.equal((await readFolder(folder)).organization, 'contoso');
  });

  it('gives blueprints before what needs them, tells a scorecard its blueprint, and makes a workflow of a node', async () => {
    write('port/1.json', action('contoso', 'one'));
    write(
      'port/2.json',
      '{"identifier": "provision", "type": "WEBHOOK", "config": {"url": "https://a.example"}}',
    );
    write('port/3.json', '{"identifier": "service", "schema": {}}');
    write('port/0.json', '{"identifier": "readiness", "blueprint": "service", "rules": []}');
    const definitions = await readDefinitions(folder);
    assert.deepEqual(
      definitions.map(({ path }) => path),
      ['/v1/blueprints', '/v1/blueprints/service/scorecards', '/v1/actions', '/v1/workflows'],
    );
    assert.deepEqual(definitions[1]?.body, { identifier: 'readiness', rules: [] });
    assert.deepEqual((definitions[3]?.body.nodes as unknown[])[1], {
      ...{ identifier: 'provision', title: undefined },
      config: { type: 'WEBHOOK', url: 'https://a.example' },
    });
  });

  const refusals: readonly [what: string, name: string, text: string, expected: RegExp][] = [
    [
      'no pipeline',
      'compose.yml',
      'services: {}',
      /has no pipeline: none of its YAML files \(compose\.yml\) has steps/,
    ],
    ['a pipeline that is no YAML', 'a.yml', 'steps: [', /a\.yml/],
    ['JSON that is cut off', 'port/a.json', '{"a": ', /port[\\/]a\.json is no JSON: .*Mend it/],
    ['a list', 'port/a.json', '[]', /port[\\/]a\.json holds no JSON object/],
    [
      'a scorecard of no blueprint',
      'port/a.json',
      '{"identifier": "readiness", "rules": []}',
      /port[\\/]a\.json is a scorecard of no blueprint\. Add "blueprint"/,
    ],
    [
      'something that Port does not take',
      'port/a.json',
      '{"a": 1}',
      /port[\\/]a\.json is nothing that Port takes/,
    ],
  ];
  for (const [what, name, text, expected] of refusals) {
    it(`is refused with ${what}, by the name of the file`, async () => {
      if (name.startsWith('port/')) write('deploy.yml', 'steps: []\n');
      write(name, text);
      await assert.rejects(readFolder(folder), expected);
    });
  }

  it('is refused where it is not there', async () => {
    await assert.rejects(readFolder(join(folder, 'none')), /none: there is no such folder/);
  });
});
