import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { type Loop, startLoop } from './loop.ts';
import { packagedExtension } from './packaged-extension.ts';

/** `npm run demo`: a self-service action starts examples/deploy/deploy.yml twice; the second deployment fails. */

const example = join(import.meta.dirname, '..', 'examples', 'deploy');
const vsix = packagedExtension();
if (!existsSync(vsix)) {
  console.error(`There is no ${vsix}. Run npm run package first.`);
  process.exit(1);
}

/** What the agent prints around every step. */
const boilerplate =
  /^(=====|Task {9}:|Description  :|Version {6}:|Author {7}:|Help {9}:|Agent name|Cleaning up|Start cleaning)/;

const started = Date.now();
const loop = await startLoop({ vsix });
try {
  await loop.addExample(example, [{ file: 'deploy.yml' }]);
  console.log(`${pc.bold('Port')}          ${loop.port.url}`);
  console.log(`${pc.bold('Azure DevOps')}  ${loop.azureDevOps.organizationUrl}`);
  console.log(`${pc.bold('Extension')}     ${vsix}`);
  const good = await show(loop, { service: 'checkout', environment: 'test' });
  const bad = await show(loop, { service: 'no-such-service', environment: 'test' });
  const isRight = good === 'SUCCESS' && bad === 'FAILURE';
  console.log(
    isRight
      ? pc.green(
          `\nBoth runs ended in Port as they did in the pipeline, after ${((Date.now() - started) / 1000).toFixed(1)} s.`,
        )
      : pc.red(`\nSomething is wrong: the runs ended as ${good} and ${bad}.`),
  );
  process.exitCode = isRight ? 0 : 1;
} finally {
  await loop.close();
}

/** Executes the action, and prints what the pipeline and Port know afterwards. */
async function show(loop: Loop, inputs: Record<string, string>): Promise<string> {
  console.log(pc.bold(`\nAction deploy_service with ${JSON.stringify(inputs)}`));
  const { azureDevOps, port, user } = loop;
  const { runId, build } = await loop.execute('deploy_service', inputs);
  console.log(`\n  ${pc.underline('Azure Pipelines')}`);
  console.log(`  run        ${build.number} -> ${build.result ?? build.status}`);
  const lines = azureDevOps.buildLog(build.id).trimEnd().split('\n');
  for (const line of lines.filter((text) => !boilerplate.test(text))) console.log(pc.dim(`    ${line}`));
  const { run } = (await user.call('GET', `/v1/actions/runs/${runId}?version=v2`)) as {
    run: Record<string, unknown>;
  };
  console.log(`\n  ${pc.underline('Port')}`);
  console.log(`  run        ${runId}`);
  const status = String(run.status);
  console.log(
    `  status     ${status === 'SUCCESS' ? pc.green(status) : pc.red(status)}${text(run.statusLabel, ' "', '"')}`,
  );
  for (const link of [run.link ?? []].flat()) console.log(`  link       ${text(link)}`);
  console.log(`  external   ${text(run.externalRunId)}`);
  for (const { message } of port.store.logsOf(runId)) {
    for (const line of message.split('\n')) console.log(`  log        ${line}`);
  }
  for (const { blueprint, identifier } of port.store.runEntities.get(runId) ?? []) {
    console.log(`  entity     ${blueprint} ${identifier}`);
    const properties = port.store.entity(blueprint, identifier)?.properties ?? {};
    for (const [name, value] of Object.entries(properties))
      console.log(`    ${name.padEnd(15)} ${text(value)}`);
  }
  return status;
}

function text(value: unknown, before = '', after = ''): string {
  if (value === undefined || value === null) return '';
  return `${before}${typeof value === 'string' ? value : JSON.stringify(value)}${after}`;
}
