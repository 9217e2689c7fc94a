import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { agentNodes } from '../../local/agent/nodes.ts';
import { leaveOut } from '../../scripts/bundle/left-out.ts';
import { asModule } from '../../scripts/bundle/shake.ts';
import { builtTask } from '../support/task-process.ts';

const packages = join(import.meta.dirname, '..', '..', 'node_modules');
const taskLib = join(packages, 'azure-pipelines-task-lib');

/** All that the tasks call of task-lib, and what it leaves in the environment. */
const calls = `
  import * as tl from 'azure-pipelines-task-lib/task.js';
  const say = (what, value) => console.log(what, JSON.stringify(value));
  say('input', tl.getInput('text', false));
  say('no input', tl.getInput('nothing', false));
  say('variable', tl.getVariable('Build.BuildId'));
  say('secret', tl.getVariable('Pass.Word'));
  say('variables', tl.getVariables());
  say('url', tl.getEndpointUrl('port', true));
  say('password', tl.getEndpointAuthorizationParameter('port', 'password', true));
  say('task variable', tl.getTaskVariable('state'));
  say('found', tl.findMatch(process.cwd(), '**/*.json').map((file) => file.slice(process.cwd().length)));
  tl.setSecret('a%b');
  try { tl.setSecret('a\\nb'); } catch (error) { say('refused', error.message); }
  tl.debug('one\\r\\ntwo]');
  tl.command('task.setvariable', { variable: 'a;b]', isOutput: 'true' }, 'x%y\\nz');
  say('environment', Object.keys(process.env).filter((name) => /^(INPUT|SECRET|ENDPOINT|VSTS|SECUREFILE)_/.test(name)));
  tl.setStdStream({ write: (text) => process.stdout.write('> ' + text) });
  tl.debug('elsewhere');
  Promise.reject(new Error('nobody waits for this'));`;

describe('What a step loads', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
    mkdirSync(join(folder, 'work', 'below'), { recursive: true });
    writeFileSync(join(folder, 'work', 'below', 'a.json'), '');
    writeFileSync(join(folder, 'work', 'b.json'), '');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function outputOf(name: string, node: string, plugins: Parameters<typeof build>[0]['plugins']) {
    const outfile = join(folder, `${name}.cjs`);
    const stdin = { contents: calls, resolveDir: packages };
    await build({ stdin, outfile, bundle: true, platform: 'node', plugins: plugins ?? [] });
    const temp = join(folder, `temp-${name}`);
    mkdirSync(temp, { recursive: true });
    const env = {
      ...{ INPUT_TEXT: ' words ', SECRET_PASS_WORD: 'hidden', BUILD_BUILDID: '7' },
      ...{ ENDPOINT_URL_port: 'https://api.port.test', ENDPOINT_AUTH_PARAMETER_port_PASSWORD: 'also hidden' },
      ...{ VSTS_TASKVARIABLE_STATE: 'begun', AGENT_VERSION: '4.260.0', SECUREFILE_TICKET_x: 'ticket' },
      VSTS_PUBLIC_VARIABLES: '["Build.BuildId"]',
      VSTS_SECRET_VARIABLES: '["Pass.Word"]',
      AGENT_TEMPDIRECTORY: temp,
    };
    const output = execFileSync(node, [outfile], { env, cwd: join(folder, 'work'), encoding: 'utf8' });
    return { output: output.replaceAll(outfile, 'FILE').replaceAll(temp, 'TEMP'), files: readdirSync(temp) };
  }

  for (const [name, node] of Object.entries(agentNodes)) {
    it(`is a task-lib that says and does what the whole one does, but for a key on the disk, on ${name}`, async () => {
      const whole = await outputOf('whole', node, []);
      const trimmed = await outputOf('trimmed', node, [leaveOut()]);
      const withoutStack = (text: string) => text.replaceAll(/%0A {4}at .*/g, '');
      assert.equal(withoutStack(trimmed.output), withoutStack(whole.output));
      // Of the values that the agent gives, the address alone stays for other programs.
      assert.match(trimmed.output, /environment \["ENDPOINT_URL_port"\]/);
      assert.match(trimmed.output, /nobody waits for this/);
      assert.deepEqual([whole.files, trimmed.files], [['.taskkey'], []]);
    });

    it(`is nothing for connections, programs and keys where there is nothing to send, on ${name}`, () => {
      const env = { AGENT_TEMPDIRECTORY: folder, AGENT_VERSION: '4.260.0', AGENT_JOBSTATUS: 'Succeeded' };
      const script = `
        require(${JSON.stringify(builtTask('PortRunStatus', 'finish'))});
        process.on('exit', () => console.log(process.moduleLoadList.join('\\n')));`;
      const output = execFileSync(node, ['-e', script], { env, encoding: 'utf8' });
      assert.match(output, /Nothing to report/);
      assert.deepEqual(output.match(/^NativeModule (?:child_process|crypto|tls|http|zlib)$/gm), null);
    });
  }

  it('is a module that is rewritten only where it has the shape of CommonJS by TypeScript', () => {
    const source = readFileSync(join(taskLib, 'taskcommand.js'), 'utf8');
    assert.match(asModule(source), /^export \{ exported_\w+ as \w+/m);
    for (const other of ['', 'module.exports = 1;', `${source}\nexports['other'] = 1;`])
      assert.throws(() => asModule(other), /no CommonJS module as TypeScript writes one/);
  });

  it('is the version of task-lib that was looked at', () => {
    const { version } = createRequire(import.meta.url)(join(taskLib, 'package.json')) as { version: string };
    const { dependencies } = JSON.parse(readFileSync(join(packages, '..', 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    assert.equal(
      version,
      '5.281.0',
      'See what has changed in what scripts/bundle/left-out.ts takes and leaves.',
    );
    assert.equal(dependencies['azure-pipelines-task-lib'], version);
  });
});
