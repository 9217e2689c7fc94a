import assert from 'node:assert/strict';
import { readManifests } from '../../scripts/manifests.ts';
import type { TaskRun } from '../../tasks/common/main.ts';
import { type TaskSetting, startTaskSetting } from '../support/task-setting.ts';

/** Longer than what messages show of a value, and without a piece that repeats. */
const secret = Array.from({ length: 60 }, (_, index) => `q${index}Zx`).join('');
const longestPiece = 8;

/** Ways in which the value of a secret variable comes to stand in an input. */
const shapes: readonly ((secret: string) => string)[] = [
  (value) => value,
  (value) => `${'a'.repeat(50)}-${value}`,
  (value) => `r_abc ${value}`,
  (value) => `${value}: x\n${value}x: [`,
  (value) => `note: *${value}`,
  (value) => `{"${value}": "${value}" "x"}`,
  (value) => `${value} = ${value}..x`,
  (value) => `https://user:${value}@ ${value}`,
];

const needed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PortDeleteEntity: { blueprint: 'service', identifier: 'one' },
  PortDeployment: {
    blueprint: 'service',
    identifier: 'one',
    environment: 'test',
    record: 'now',
    status: 'success',
  },
  PortExecuteAction: { action: 'deploy', wait: 'false' },
  PortGate: { blueprint: 'service', identifier: 'one', conditions: 'title = x' },
  PortGetEntity: { blueprint: 'service', identifier: 'one' },
  PortRunStatus: { runId: 'r_abc', status: 'success' },
  PortSearchEntities: { blueprint: 'service' },
  PortUpsertEntity: { blueprint: 'service', identifier: 'one' },
};

describe('Messages about an input that holds a secret', function () {
  this.timeout(60_000);
  for (const [task, { inputs }] of Object.entries(readManifests().tasks)) {
    describe(task, () => {
      let setting: TaskSetting;
      before(async () => {
        const { run } = (await import(`../../tasks/${task}/run.ts`)) as { run: TaskRun };
        setting = await startTaskSetting(run);
        await setting.addBlueprint({ identifier: 'service', properties: { note: 'string' } });
      });
      after(() => setting.close());

      for (const { name } of inputs) {
        it(`show no part of it: ${name}`, async () => {
          for (const shape of shapes) {
            const { host, message } = await setting.run(
              { timeoutSeconds: '20', ...needed[task], [name]: shape(secret) },
              { secrets: { Secret: secret } },
            );
            const shown = [message, ...host.lines, ...host.warnings, ...host.debugLines].join('\n');
            // The agent masks the whole of it.
            const masked = shown.replaceAll(secret, '***');
            for (let at = 0; at + longestPiece <= secret.length; at++)
              assert.ok(!masked.includes(secret.slice(at, at + longestPiece)), masked.slice(0, 2000));
          }
        });
      }
    });
  }
});
