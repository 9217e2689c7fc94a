import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentNodes } from '../../../local/agent/nodes.ts';
import { runTaskProcess } from '../../support/task-process.ts';
import { cancelSignals } from '../../support/where.ts';

/** More YAML than the parser reads in five seconds. */
const members = 400_000;

for (const [name, node] of Object.entries(agentNodes)) {
  describe(`The built PortUpsertEntity that reads a long YAML file on ${name}`, function () {
    this.timeout(60_000);
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'long-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    for (const signal of cancelSignals) {
      it(`ends within a second of ${signal}`, async () => {
        const entitiesFile = join(folder, 'long.yaml');
        const properties = Array.from({ length: members }, (_, index) => `  p${index}: value ${index}`);
        writeFileSync(entitiesFile, ['identifier: one', 'properties:', ...properties].join('\n'));
        let isReading = false;
        const { result, output, durationFromSignal } = await runTaskProcess('PortUpsertEntity', {
          node,
          inputs: { blueprint: 'service', entitiesFile },
          variables: { 'System.Debug': 'true' },
          onOutput: (output, child) => {
            if (isReading || !output.includes('loaded ')) return;
            isReading = true;
            setTimeout(() => child.kill(signal), 1000);
          },
        });
        assert.equal(result, undefined, output);
        assert.ok(durationFromSignal !== undefined && durationFromSignal < 1000, `${durationFromSignal} ms`);
      });
    }
  });
}
