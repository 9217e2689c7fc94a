import assert from 'node:assert/strict';
import { itNamesEveryTask } from '../support/every-task.ts';
import { type Bench, startBench } from '../support/loop-run.ts';
import { trackedOnWindows } from './pipeline.ts';

/** A step of each task that reads and writes files by paths as Windows has them; lines of inputs end with CRLF. */
const pipeline = trackedOnWindows(
  `    logFile: logs\\deploy.log
    summaryFile: $(Build.SourcesDirectory)\\logs\\summary.md
    link: "https://example.com/docs\\r\\nhttps://example.com/wiki\\r\\n"`,
  `- script: |
    mkdir logs out catalog
    echo Deployed checkout> logs\\deploy.log
    echo # Summary> logs\\summary.md
    echo * one>> logs\\summary.md
    echo {"identifier":"win-1","title":"one"}> catalog\\one.json
    echo {"identifier":"win-2","title":"%OS%"}> catalog\\two.json
  displayName: Write files in cmd
- task: PortUpsertEntity@1
  displayName: Write entities
  inputs:
    portConnection: port
    blueprint: deployment
    entitiesFile: catalog\\*.json
- task: PortUpsertEntity@1
  displayName: Write one entity
  inputs:
    portConnection: port
    blueprint: deployment
    identifier: win-1
    title: Grün
    properties: "imageTag: '1.10'\\r\\ndeployingUser: >-\\r\\n  Jane\\r\\n  Doe\\r\\n"
- task: PortGetEntity@1
  name: found
  displayName: Read one
  inputs:
    portConnection: port
    blueprint: deployment
    identifier: win-1
    pick: "imageTag = properties.imageTag\\r\\ntitle = title\\r\\n"
- script: |
    echo tag is $(found.imageTag)
  displayName: Say the tag
- task: PortSearchEntities@1
  displayName: Find entities
  inputs:
    portConnection: port
    blueprint: deployment
    query: "combinator: and\\r\\nrules:\\r\\n- property: imageTag\\r\\n  operator: '='\\r\\n  value: '1.10'\\r\\n"
    resultFile: $(Agent.TempDirectory)\\..\\found\\result.json
- script: type "$(Agent.WorkFolder)\\found\\result.json"
  displayName: Show the file
- task: PortExecuteAction@1
  displayName: Start an action
  inputs:
    portConnection: port
    action: note
    properties: "text: 'a\\\\b'\\r\\n"
    wait: false
- task: PortGate@1
  displayName: Ask
  inputs:
    portConnection: port
    blueprint: deployment
    identifier: win-1
    conditions: "properties.imageTag = '1.10'\\r\\ntitle = Grün\\r\\n"
    resultFile: out\\gate.json
- task: PortDeployment@1
  displayName: Record the deployment
  inputs:
    portConnection: port
    record: now
    status: success
    environment: Production
    identifier: win-3
    changesFile: out\\changes.md
    propertyNames: "deployingUser: deployingUser\\r\\nimageTag: null\\r\\n"
- script: type out\\changes.md
  displayName: Show the notes
- task: PortDeleteEntity@1
  displayName: Delete one
  inputs:
    portConnection: port
    blueprint: deployment
    identifier: win-2`,
);

describe('The tests of the packaged tasks on Windows', () => {
  const tasks = [...pipeline.matchAll(/^- task: (\w+)@/gm)].map(([, task = '']) => task);
  itNamesEveryTask(tasks, 'add a step to `pipeline`');
});

for (const node of ['node20', 'node24'] as const) {
  describe(`The packaged tasks on Windows, on ${node}`, function () {
    this.timeout(60_000);
    let bench: Bench;
    before(async () => {
      bench = await startBench(pipeline, { agent: { node } });
      await bench.loop.user.call('POST', '/v1/actions', {
        identifier: 'note',
        title: 'Note',
        trigger: {
          type: 'self-service',
          operation: 'CREATE',
          userInputs: { properties: { text: { type: 'string' } } },
        },
        invocationMethod: { type: 'WEBHOOK', url: bench.loop.azureDevOps.url },
      });
    });
    after(() => bench.close());

    it('do their work with paths, line ends and letters of Windows', async () => {
      const { runId, build } = await bench.run();
      const log = bench.loop.azureDevOps.buildLog(build.id);
      assert.equal(build.result, 'succeeded', log);
      const { status, link } = bench.portRun(runId);
      assert.equal(status, 'SUCCESS');
      assert.deepEqual(link?.slice(0, 2), ['https://example.com/docs', 'https://example.com/wiki']);
      assert.match(bench.logText(runId), /Deployed checkout/);
      const { store } = bench.loop.port;
      assert.equal(store.entity('deployment', 'win-1')?.title, 'Grün');
      assert.deepEqual(store.entity('deployment', 'win-1')?.properties, {
        imageTag: '1.10',
        deployingUser: 'Jane Doe',
      });
      assert.match(log, /^tag is 1\.10$/m);
      assert.match(log, /"identifier": ?"win-1"/);
      assert.equal(store.entity('deployment', 'win-2'), undefined);
      assert.ok(store.entity('deployment', 'win-3')?.properties.commitSha);
      assert.match(log, /^## .* Production$/m);

      assert.ok([...store.runs.values()].some(({ properties }) => properties.text === 'a\\b'));
    });
  });
}
