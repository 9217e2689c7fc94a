import assert from 'node:assert/strict';
import { type Bench, type Seen, evalStep, makeBench } from './fixture.ts';

const reference =
  'See https://github.com/microsoft/azure-pipelines-yaml/blob/master/design/readonly-variables.md for details.';

describe('read-only variables of the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench.remove());

  const set = (properties: string, more = {}) =>
    evalStep(`say('##vso[task.setvariable ${properties}]second')`, { displayName: 'Set', ...more });
  const read = (name: string) =>
    `- script: echo 'value $(${name})'\n  displayName: Read\n  condition: always()`;
  const run = (steps: string, request = {}) => bench.run(`steps:\n- checkout: none\n${steps}`, request);

  const isRefused = (seen: Seen, name: string, command: string) => {
    assert.equal(seen.record('Set').result, 'failed');
    assert.deepEqual(
      seen.record('Set').issues.map(({ type, message }) => [type, message]),
      [
        [
          'error',
          `Unable to process command '##vso[${command}]second' successfully. ` +
            'Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)',
        ],
        ['error', `Overwriting readonly variable '${name}' is not permitted. ${reference}`],
      ],
    );
  };

  for (const value of ['first', '']) {
    it(`keep ${value === '' ? 'the empty value' : 'the value'} that was given at queue time, and fail the step whatever its exit code`, async () => {
      const variables = { given: { value, isReadOnly: true } };
      const seen = await run(`${set('variable=Given')}\n${read('given')}`, { variables });
      isRefused(seen, 'Given', 'task.setvariable variable=Given');
      assert.deepEqual(seen.log('Read'), [`value ${value}`]);
      assert.equal(seen.outcome.result, 'failed');
    });
  }

  it('are none of those that stand in the definition alone', async () => {
    const variables = { given: { value: 'first' } };
    const seen = await run(`${set('variable=given')}\n${read('given')}`, { variables });
    assert.deepEqual(seen.log('Read'), ['value second']);
  });

  it('go on to the next step where the failure is forgiven', async () => {
    const seen = await run(
      `${evalStep("say('##vso[task.setvariable variable=v;isReadOnly=true]first'); say('##vso[task.setvariable variable=v]second')", { displayName: 'Set', continueOnError: true })}\n${read('v')}`,
    );
    assert.equal(seen.record('Set').result, 'succeededWithIssues');
    assert.deepEqual(seen.log('Read'), ['value first']);
  });

  for (const name of [
    'Build.BuildNumber',
    'build.sourcebranch',
    'AGENT.NAME',
    'System.JobName',
    'Build.BuildId',
  ]) {
    it(`are the fixed names, as ${name}`, async () => {
      isRefused(await run(set(`variable=${name}`)), name, `task.setvariable variable=${name}`);
    });
  }

  it('are fixed names as soon as somebody gave them a value', async () => {
    const seen = await bench.run(
      `variables: { System.Debug: false }\nsteps:\n${set('variable=system.debug')}`,
    );
    isRefused(seen, 'system.debug', 'task.setvariable variable=system.debug');
    assert.equal((await run(set('variable=Release.ReleaseId'))).record('Set').result, 'succeeded');
  });

  it('are variables with readonly: true', async () => {
    const seen = await bench.run(
      `variables:\n- { name: r, value: first, readonly: true }\nsteps:\n${set('variable=r')}`,
    );
    isRefused(seen, 'r', 'task.setvariable variable=r');
  });

  it('are those of a matrix leg', async () => {
    const seen = await bench.run(`
jobs:
- job: Each
  strategy:
    matrix: $[ '{"a":{"service":"one"}}' ]
  steps:
  - checkout: none
${set('variable=service').replaceAll(/^/gm, '  ')}
`);
    isRefused(seen, 'service', 'task.setvariable variable=service');
  });

  it('are looked up by their bare name also where an output is set', async () => {
    const variables = { runId: { value: 'r_1', isReadOnly: true } };
    const seen = await run(set('variable=runId;isOutput=true', { name: 'port' }), { variables });
    isRefused(seen, 'runId', 'task.setvariable variable=runId;isOutput=true');
  });

  it('are outputs, by the name of their step, but an output may be set again by its own name', async () => {
    const output = "say('##vso[task.setvariable variable=o;isOutput=true]first')";
    const twice = await run(evalStep(`${output}; ${output}`, { name: 'own', displayName: 'Twice' }));
    assert.equal(twice.record('Twice').result, 'succeeded');
    const seen = await run(`${evalStep(output, { name: 'own' })}\n${set('variable=own.o')}`);
    isRefused(seen, 'own.o', 'task.setvariable variable=own.o');
  });

  it('are task variables that were set so', async () => {
    const seen = await run(
      evalStep(
        "say('##vso[task.settaskvariable variable=t;isReadOnly=true]a'); say('##vso[task.settaskvariable variable=T]b')",
        { displayName: 'Set' },
      ),
    );
    assert.equal(seen.record('Set').result, 'failed');
    assert.equal(
      seen.record('Set').issues[1]?.message,
      `Overwriting readonly task variable 'T' is not permitted. ${reference}`,
    );
  });

  it('stay read-only after the agent itself has changed them', async () => {
    const change = evalStep("say('##vso[build.updatebuildnumber]new-1')");
    const seen = await run(`${change}\n${set('variable=Build.BuildNumber')}\n${read('Build.BuildNumber')}`);
    isRefused(seen, 'Build.BuildNumber', 'task.setvariable variable=Build.BuildNumber');
    assert.deepEqual(seen.log('Read'), ['value new-1']);
  });
});
