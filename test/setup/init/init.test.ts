import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../setup/config.ts';
import { init } from '../../../setup/init/init.ts';
import type { Output } from '../../../setup/output.ts';
import { runCommand } from '../command-line.ts';

const nothing = (): void => undefined;
const silent: Output = { isJson: false, line: nothing, json: nothing, progress: nothing, error: nothing };
const named = ['--organization', 'my-org', '--project', 'my: project', '--pipeline', '#1'];

describe('setup init', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'init-'));
    await cp(join(import.meta.dirname, '..', '..', '..', 'examples', 'deploy'), folder, { recursive: true });
    await rm(file());
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (...args: string[]) => runCommand(['setup', 'init', ...args], {}, folder);
  const file = () => join(folder, 'port-azure.yml');

  it('writes a file that the other commands read, with the files of the folder', async () => {
    const { code, stdout, stderr } = await start(...named);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /1 actions and 1 blueprints.*\nNext: .*setup plan/);
    const config = await readConfig(file());
    assert.equal(config.organizationUrl, 'https://dev.azure.com/my-org');
    assert.equal(config.project, 'my: project');
    assert.deepEqual(config.pipelines, [{ name: '#1', file: join(folder, 'deploy.yml') }]);
    assert.deepEqual(config.webhook, { name: 'portDeploy', connection: 'port-webhook' });
    assert.deepEqual(
      config.port.actions.map(({ identifier }) => identifier),
      ['deploy_service'],
    );
    assert.deepEqual(
      config.port.blueprints.map(({ identifier }) => identifier),
      ['deployment'],
    );
    assert.ok(config.net);
  });

  it('names the schema beside it, which editors read', async () => {
    await start(...named, '--no-net');
    const [first = ''] = (await readFile(file(), 'utf8')).split('\n');
    assert.equal(first, '# yaml-language-server: $schema=port-azure.schema.json');
    const schema = JSON.parse(await readFile(join(folder, 'port-azure.schema.json'), 'utf8')) as object;
    assert.ok('$schema' in schema);
    assert.equal((await readConfig(file())).net, undefined);
  });

  it('asks what it is not told, and takes what it proposes for an empty answer', async () => {
    const asked: string[] = [];
    const answers: Record<string, string> = {
      'Azure DevOps organization': 'my-org',
      'Project in': 'shop',
      'Name of the pipeline': 'deploy',
    };
    await init({ file: file(), webhook: 'given' }, silent, (question) => {
      asked.push(question);
      const [, answer = ''] = Object.entries(answers).find(([words]) => question.startsWith(words)) ?? [];
      return Promise.resolve(answer);
    });
    assert.ok(asked.includes("The pipeline's YAML file here [deploy.yml]: "));
    assert.ok(!asked.some((question) => question.startsWith('Name of the incoming webhook')));
    const config = await readConfig(file());
    assert.deepEqual([config.project, config.webhook.name, config.portConnection], ['shop', 'given', 'port']);
  });

  it('names the flags that lack where there is no terminal, and writes nothing', async () => {
    const before = await readdir(folder);
    const { code, stderr } = await start('--organization', 'my-org');
    assert.equal(code, 2);
    assert.match(stderr, /Nothing was written: give --project, --pipeline\./);
    assert.deepEqual(await readdir(folder), before);
  });

  it('writes over no file without --force', async () => {
    await writeFile(file(), 'mine');
    const { code, stderr } = await start(...named);
    assert.equal(code, 2);
    assert.match(stderr, /is there already, and was not changed\. Give --force/);
    assert.equal(await readFile(file(), 'utf8'), 'mine');
    assert.equal((await start(...named, '--force')).code, 0);
  });

  it('leaves what is there alone where an answer cannot be taken', async () => {
    await writeFile(file(), 'mine');
    const { code, stderr } = await start(
      '--force',
      '--organization',
      'http://ado.example.com/x',
      '--project',
      'a',
      '--pipeline',
      'b',
    );
    assert.equal(code, 2);
    assert.match(stderr, /Nothing was written\. .*port-azure\.yml:\n- .*unencrypted/);
    assert.equal(await readFile(file(), 'utf8'), 'mine');
    assert.ok(!(await readdir(folder)).some((name) => name.endsWith('.part')));
  });
});

describe('a port-azure.yml', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const complaint = async (text: string): Promise<string> => {
    await writeFile(join(folder, 'port-azure.yml'), text);
    try {
      await readConfig(join(folder, 'port-azure.yml'));
      return '';
    } catch (error) {
      return String(error);
    }
  };
  const whole = 'organization: o\nproject: p\nwebhook: {name: w}\n';

  for (const [text, words] of [
    [`${whole}pipelin: x\n`, /pipelin is not known\. Did you mean pipeline\? There are: organization,/],
    [`${whole}pipelin: x\n`, /- pipeline is missing\./],
    [`${whole}pipeline: x\npipelines: [{pipeline: y}]\n`, /pipeline and pipelines are both given/],
    [`${whole}pipelines: []\n`, /pipelines is empty/],
    [`${whole}pipelines: [{pipeline: y, file: z.yml}]\n`, /pipelines\[0\]\.file is not known/],
    [`${whole}pipelines: [{pipelineFile: z.yml}]\n`, /pipelines\[0\]\.pipeline is missing/],
    [
      `${whole}pipeline: x\nnet: {event: build.completed}\n`,
      /net\.event must be .* build\.complete, and is "build\.completed"/,
    ],
    [`${whole}pipeline: 12\n`, /pipeline must be text/],
    [`${whole}pipeline: "  "\n`, /pipeline is empty/],
    [`${whole}pipeline: x\nport: {actions: [1]}\n`, /port\.actions\[0\] must be text/],
    [`${whole}pipeline: x\nport: {urls: x}\n`, /port\.urls is not known\. Did you mean url\?/],
    [`${whole}pipeline: x\nzzzzzzzz: x\n`, /zzzzzzzz is not known\. There are:/],
  ] as const)
    it(`is refused with the path and the cause: ${JSON.stringify(text.slice(whole.length))}`, async () => {
      assert.match(await complaint(text), words);
    });

  it('may leave members empty', async () => {
    assert.equal(await complaint(`${whole}pipeline: x\nportConnection:\nport:\nnet:\n`), '');
  });
});
