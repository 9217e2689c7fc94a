import assert from 'node:assert/strict';
import { type Bench, startBench, webhook } from '../support/loop-run.ts';
import { until } from '../support/until.ts';

const pipeline = (inputs: string, steps = '- script: echo up') => `trigger: none
${webhook}
variables:
  node: \${{ parameters.port.port_context.nodeRunId }}
steps:
- task: PortRunStatus@1
  displayName: Report to Port
  inputs:
    portConnection: port
    runId: $(nodeRunId)
${inputs}
${steps}
`;

describe('the run of a workflow node', () => {
  let bench: Bench | undefined;
  afterEach(() => bench?.close());

  const run = async (yaml: string, during?: (started: Bench, buildId: number) => Promise<void>) => {
    bench = await startBench(yaml, { agent: { timings: { sigint: 500, sigterm: 300 } } });
    const node = bench.loop.port.startNodeRun();
    const { id } = await bench.loop.azureDevOps.queue({
      definitionId: 1,
      variables: { nodeRunId: { value: node.identifier } },
    });
    await during?.(bench, id);
    const build = await bench.loop.azureDevOps.waitForBuild(id);
    const { logs, ...rest } = bench.loop.port.store.nodeRun(node.identifier);
    return { build, ...rest, logs: logs.map(({ level, message }) => `${level} ${message}`) };
  };

  it('is completed with the words of nodes; the summary goes into its log, and a step gives it an output', async () => {
    const inputs =
      '    statusLabel: Deploying\n    summary: "# Report"\n    output: |\n      url: $(url)\n      replicas: 3';
    const step = '- script: \'echo "##vso[task.setvariable variable=url]https://example.com"\'';
    const labels = new Set<string>();
    const node = await run(pipeline(inputs, step), async (started, buildId) => {
      await until('the node has its label', () => {
        const [held] = started.loop.port.store.nodeRuns.values();
        labels.add(held?.statusLabel ?? '');
        return labels.has('Deploying') || started.loop.azureDevOps.build(buildId).status === 'completed';
      });
    });
    assert.ok(labels.has('Deploying'), [...labels].join());
    assert.deepEqual([node.status, node.result, node.statusLabel], ['COMPLETED', 'SUCCESS', 'Succeeded']);
    assert.deepEqual(node.output, { url: 'https://example.com', replicas: 3 });
    assert.deepEqual(node.logs, ['INFO # Report', 'INFO # Report', 'INFO Succeeded']);
    assert.equal(node.links.length, 1);
  });

  it('is FAILED when the job failed, with the reason as an error in its log', async () => {
    const node = await run(pipeline('', '- script: exit 4\n  displayName: Migrate'));
    assert.deepEqual([node.status, node.result], ['COMPLETED', 'FAILED']);
    assert.match(node.logs.join('\n'), /ERROR Failed: Migrate\n {2}Bash exited with code '4'/);
  });

  it('stays CANCELLED when the job was canceled', async () => {
    const node = await run(pipeline('', '- script: "echo up; sleep 20"'), async (started, buildId) => {
      await until('the step runs', () => started.loop.azureDevOps.buildLog(buildId).includes('\nup'));
      started.loop.azureDevOps.cancel(buildId);
    });
    assert.deepEqual([node.status, node.result], ['COMPLETED', 'CANCELLED']);
  });

  it('gets three links at the most; the others go into its log', async () => {
    const links = ['a', 'b', 'c', 'd'].map((name) => `      https://example.com/${name}`).join('\n');
    const node = await run(pipeline(`    status: success\n    link: |\n${links}`));
    assert.deepEqual(node.links, ['https://example.com/a', 'https://example.com/b', 'https://example.com/c']);
    assert.match(node.logs.join('\n'), /Link: https:\/\/example\.com\/d\nLink: .*buildId=/);
  });

  it('is not meant by the id of the whole workflow run', async () => {
    bench = await startBench(pipeline(''));
    const { id } = await bench.loop.azureDevOps.queue({
      definitionId: 1,
      variables: { nodeRunId: { value: 'wfr_abcdefghijklmnop' } },
    });
    const build = await bench.loop.azureDevOps.waitForBuild(id);
    assert.equal(build.result, 'failed');
    assert.match(
      bench.loop.azureDevOps.buildLog(id),
      /is the id of a whole workflow run\. Pass the id of the node's run instead/,
    );
  });
});
