import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { colors as pc } from '../setup/colors.ts';
import { startLoop } from './loop.ts';
import { packagedExtension } from './packaged-extension.ts';
import { print, printError } from './print.ts';
import { describeLoop, printChanges } from './terminal.ts';

/** `npm run demo`: a self-service action starts examples/deploy/deploy.yml twice; the second deployment fails. */

const example = join(import.meta.dirname, '..', 'examples', 'deploy');
const vsix = packagedExtension();
if (!existsSync(vsix)) {
  printError(`There is no ${vsix}. Run npm run package first.`);
  process.exit(1);
}

const started = Date.now();
// So that nothing but Node is needed, on Windows as well.
const loop = await startLoop({ vsix, agent: { system: 'own' } });
const changes = printChanges(loop, print);
try {
  print(describeLoop(loop));
  await loop.addExample(example, [{ file: 'deploy.yml' }]);
  const good = await run({ service: 'checkout', environment: 'test' });
  const bad = await run({ service: 'no-such-service', environment: 'test' });
  const isRight = good === 'SUCCESS' && bad === 'FAILURE';
  print(
    isRight
      ? pc.green(
          `\nBoth runs ended in Port as they did in the pipeline, after ${((Date.now() - started) / 1000).toFixed(1)} s.`,
        )
      : pc.red(`\nSomething is wrong: the runs ended as ${good} and ${bad}.`),
  );
  process.exitCode = isRight ? 0 : 1;
} finally {
  changes.stop();
  await loop.close();
}

/** Executes the action; how its run in Port has ended. */
async function run(inputs: Record<string, string>): Promise<string> {
  print(pc.bold(`\nAction deploy_service with ${JSON.stringify(inputs)}`));
  const { runId } = await loop.execute('deploy_service', inputs);
  changes.look();
  return loop.port.store.run(runId).status;
}
