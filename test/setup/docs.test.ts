import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../setup/config.ts';
import { ruleNames } from '../../setup/migrate/rules/mistakes.ts';
import { closeAll, file, start } from '../local/azure-devops/fixture.ts';
import { pat, runCommand } from './command-line.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string): Promise<string> => readFile(join(root, 'docs', name), 'utf8');

const blocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp('```' + language + '\\n([^]*?)```', 'g'))].map(([, text = '']) => text);

/** Every command of a page's shell blocks, continuation lines joined. */
const commandsIn = (markdown: string): string[][] =>
  blocks(markdown, 'sh')
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => line.startsWith('npx --no-install port-azure-pipelines hooks'))
    .map((line) =>
      line
        .split(/\s+/)
        .slice(3)
        .filter((word) => word !== ''),
    );

describe('the pages on setup and service hooks', function () {
  this.timeout(30_000);
  afterEach(closeAll);

  it('show a port-azure.yml that is accepted, in the page and in the help', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'docs-'));
    await cp(join(root, 'examples', 'deploy', 'port'), join(folder, 'port'), { recursive: true });
    const [fromPage = ''] = blocks(await read('setup.md'), 'yaml');
    const { stdout: help } = await runCommand(['setup', '--help']);
    const [, fromHelp = ''] = /may hold:\n\n([^]*?)\n\n/.exec(help) ?? [];
    const text = fromHelp
      .replaceAll(/^ {2}/gm, '')
      .replace('deployment.json', 'deployment.blueprint.json')
      .replace('deploy_service.json', 'deploy_service.action.json');
    for (const settings of [fromPage, text]) {
      await writeFile(join(folder, 'port-azure.yml'), settings);
      const config = await readConfig(join(folder, 'port-azure.yml'));
      assert.equal(config.pipelines[0]?.name, 'deploy');
      assert.equal(config.port.actions.length, 1);
    }
    await rm(folder, { recursive: true });
  });

  it('show commands that work', async () => {
    const commands = commandsIn(await read('service-hooks.md'));
    assert.ok(commands.length >= 5);
    const ado = await start();
    ado.createPipeline({ name: 'WebSite.CI', ...file });
    for (const words of commands) {
      const [id = ''] = ado.store.subscriptions.keys();
      const args = words.map((word) =>
        word === 'https://dev.azure.com/my-org' ? ado.organizationUrl : word === 'ID' ? id : word,
      );
      const { code, stderr } = await runCommand(args, { ...pat, SERVICE_BUS_CONNECTION: 'Endpoint=sb://a/' });
      // The receiver of the example is nowhere: its test says so.
      if (words[1] === 'test') assert.match(stderr, /^Sending[^]*error The test notification failed/);
      else assert.equal(code, 0, `${words.join(' ')}\n${stderr}`);
    }
  });

  it('name every mistake that migrate-check finds', async () => {
    const [, section = ''] = /^## migrate-check\n([^]*?)^## /m.exec(await read('setup.md')) ?? [];
    const mistakes = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name = '']) => name);
    assert.deepEqual(mistakes.sort(), [...ruleNames].sort());
  });
});
