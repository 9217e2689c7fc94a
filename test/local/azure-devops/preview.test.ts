import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type LocalAgent, createAgent } from '../../../local/agent/index.ts';
import type { LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { lookup } from '../../../local/azure-devops/json.ts';
import { call, closeAll, start } from './fixture.ts';

const yaml = `
parameters:
  - name: greeting
    default: hello
steps:
  - script: echo \${{ parameters.greeting }}
`;

describe('the preview of a pipeline', () => {
  let folder = '';
  let agent: LocalAgent;
  let ado: LocalAzureDevOps;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'preview-'));
    writeFileSync(join(folder, 'deploy.yml'), yaml);
    agent = createAgent({ extensions: [], workDirectory: join(folder, 'work') });
    ado = await start(agent, {
      preview: (request) => agent.preview(request),
      runNumber: (request) => agent.runNumber(request),
    });
    ado.createPipeline({ name: 'deploy', file: join(folder, 'deploy.yml'), repositoryDirectory: folder });
  });
  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });

  const preview = (body: object, id = 1) =>
    call(ado, 'POST', `/my-project/_apis/pipelines/${id}/preview`, { body: { previewRun: true, ...body } });
  const scriptOf = ({ body }: { body: unknown }): unknown => {
    const compiled = parse(String(lookup(body, 'finalYaml'))) as { steps: { script: string }[] };
    return compiled.steps[0]?.script;
  };

  it('is the YAML with its expressions replaced, and makes no run', async () => {
    const answer = await preview({ templateParameters: { greeting: 'hi' } });
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.body as object), ['finalYaml']);
    assert.equal(scriptOf(answer), 'echo hi');
    assert.equal(ado.store.builds.size, 0);
  });

  it('takes other YAML, and the committed one where that is empty', async () => {
    const other = await preview({ yamlOverride: yaml.replace('hello', 'good day') });
    assert.equal(scriptOf(other), 'echo good day');
    assert.equal(scriptOf(await preview({ yamlOverride: '' })), 'echo hello');
  });

  it('is refused with 400 and the place for YAML that does not compile', async () => {
    const { status, body } = await preview({ yamlOverride: 'steps:\n  - script: ${{ nonsense( }}\n' });
    assert.equal(status, 400);
    assert.equal(lookup(body, 'typeKey'), 'PipelineValidationException');
    assert.match(String(lookup(body, 'message')), /^\/deploy\.yml \(Line: 2, Col: 1\): .*nonsense/);
  });

  it('is refused for a parameter that the pipeline does not declare', async () => {
    const { status, text } = await preview({ templateParameters: { nosuch: '1' } });
    assert.equal(status, 400);
    assert.match(text, /nosuch/);
  });

  it('answers 500 for a pipeline that is not there', async () => {
    const { status, body } = await preview({}, 7);
    assert.equal(status, 500);
    assert.equal(lookup(body, 'typeKey'), 'PipelineNotFoundException');
  });

  it('shows templates of other repositories in their places, and the service names what is not there', async () => {
    const shared = join(folder, 'shared');
    mkdirSync(shared);
    writeFileSync(join(shared, 'steps.yml'), yaml);
    const { url, version } = ado.addRepository({ name: 'templates', directory: shared });
    const use = (name: string) =>
      preview({
        yamlOverride:
          'resources: { repositories: [{ repository: t, name: my-project/templates }] }\n' +
          `extends: { template: ${name}@t, parameters: { greeting: hey } }\n`,
      });
    const answer = await use('steps.yml');
    assert.equal(scriptOf(answer), 'echo hey');
    assert.doesNotMatch(String(lookup(answer.body, 'finalYaml')), /extends|greeting/);
    const { status, body } = await use('nothing.yml');
    const message = `/deploy.yml: File /nothing.yml not found in repository ${url} branch refs/heads/main version ${version}.`;
    assert.deepEqual([status, lookup(body, 'message')], [400, message]);
    assert.equal(lookup(body, 'typeKey'), 'PipelineValidationException');
  });
});
