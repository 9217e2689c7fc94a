import assert from 'node:assert/strict';
import { makeRunNumber } from '../../../local/agent/compile/run-number.ts';
import { PipelineError, readTriggers } from '../../../local/agent/index.ts';
import { type Bench, type FixtureTask, evalTask, makeBench } from './fixture.ts';

const connected: FixtureTask = {
  name: 'Connected',
  json: {
    inputs: [
      { name: 'connection', type: 'connectedService:fixture-api', label: 'C' },
      { name: 'mode', type: 'pickList', label: 'M', defaultValue: 'a' },
      { name: 'needed', type: 'string', label: 'N', required: true, visibleRule: 'mode = b' },
    ],
  },
  files: { 'index.js': '' },
};

describe('pipeline YAML in the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench([evalTask, connected]);
  });
  after(() => bench.remove());

  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      'strategy: parallel',
      'jobs:\n- job: A\n  strategy:\n    parallel: 2\n  steps: []',
      /:4: the local agent does not know 'strategy: parallel'/,
    ],
    [
      'a step target',
      'steps:\n- script: x\n  target: host',
      /:3: .*does not know 'target' in a 'script' step/,
    ],
    ['a server job', 'jobs:\n- job: A\n  pool: server\n  steps: []', /:3: .*does not know 'pool: server'/],
    [
      'a task that is not installed',
      'steps:\n- task: Nope@1',
      /:2: A task is missing.*'Nope'.*could not be found/,
    ],
    [
      'another major version',
      'steps:\n- task: Eval@2\n  inputs:\n    code: x',
      /A task is missing.*Task version 2/,
    ],
    ['a required input that is absent', 'steps:\n- task: Eval@1', /Step {2}input code is required/],
    [
      'a required input that its rule shows',
      'steps:\n- task: Connected@1\n  inputs: { mode: b }',
      /input needed is required/,
    ],
    [
      'an unknown service connection',
      'steps:\n- task: Connected@1\n  inputs: { connection: nope }',
      /input connection references service connection nope which could not be found/,
    ],
    ['a variable group', 'variables:\n- group: g\nsteps: []', /:2: .*does not know 'group' in a variable/],
    ['YAML that does not parse', 'steps:\n- script: "x', /^pipeline.yml:\d+: the YAML cannot be read/],
    [
      'anchors',
      'steps:\n- &a\n  script: x\n- *a',
      /Anchors are not currently supported\. Remove the anchor 'a'/,
    ],
    ['an anchor that nothing refers to', 'variables:\n  a: &x 1\nsteps: []', /:2: Anchors are not/],
    [
      'an object where text is wanted',
      'parameters:\n- name: o\n  type: object\n  default: { a: 1 }\nsteps:\n- script: ${{ parameters.o }}',
      /:6: A mapping was not expected: 'script' needs text/,
    ],
    [
      'an object inside text',
      'parameters:\n- name: o\n  type: object\n  default: { a: 1 }\nsteps:\n- script: echo ${{ parameters.o }}',
      /Unable to convert from Object to String/,
    ],
    [
      'an unknown dependency',
      'jobs:\n- job: A\n  dependsOn: B\n  steps: []',
      /Job A depends on unknown job B/,
    ],
    [
      'a circle of dependencies',
      'jobs:\n- job: A\n  dependsOn: B\n  steps: []\n- job: B\n  dependsOn: A\n  steps: []',
      /form a circle/,
    ],
    [
      'a parameter without a value',
      'parameters:\n- name: p\nsteps: []',
      /A value for the 'p' parameter must be provided/,
    ],
    ['a run number with a colon', 'name: a:b\nsteps: []', /TF209010.*'a:b'/],
  ];
  for (const [what, yaml, message] of refused) {
    it(`does not create the run for ${what}`, async () => {
      await assert.rejects(bench.run(yaml), (error: unknown) => {
        assert.ok(error instanceof PipelineError);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('reads the payload of the webhook that started the run, with its types', async () => {
    const yaml = `
resources:
  webhooks:
  - webhook: port
    connection: port-webhook
steps:
- checkout: none
- script: |
    echo "\${{ parameters.port.context.runId }}|\${{ parameters.port.count }}|\${{ parameters.PORT.on }}|\${{ parameters.port.no.such }}"
    cat <<'EOT'
    \${{ convertToJson(parameters.port.context) }}
    EOT
  displayName: Show
`;
    const payload = { context: { runId: 'r_1' }, count: 2, on: true };
    const seen = await bench.run(yaml, { reason: 'resourceTrigger', webhook: { alias: 'port', payload } });
    assert.deepEqual(seen.log('Show'), ['r_1|2|True|', '{', '  "runId": "r_1"', '}']);
    const manual = await bench.run(yaml);
    assert.equal(manual.log('Show')[0], '|||');
  });

  it('makes the run number from variables, date and revision', async () => {
    const yaml = 'name: $(Date:yyyyMMdd)$(Rev:.r) $(PORT_RUN_ID)\nsteps:\n- checkout: none';
    const variables = { PORT_RUN_ID: { value: 'r_abc' } };
    const first = await bench.run(yaml, { variables });
    const second = await bench.run(yaml, { variables });
    assert.match(first.outcome.buildNumber, /^\d{8}\.1 r_abc$/);
    assert.match(second.outcome.buildNumber, /^\d{8}\.2 r_abc$/);
    assert.match((await bench.run(yaml)).outcome.buildNumber, /^\d{8}\.1 \$\(PORT_RUN_ID\)$/);
  });

  it('refuses a run number that is too long, ends with a dot, or has a token that no example uses', () => {
    const source = { now: new Date(2026, 0, 2, 3, 4, 5), lookup: () => undefined, revision: () => 7 };
    assert.equal(makeRunNumber('$(date:yyyyMMdd)-$(Rev:rrr) $(x)', source, 'x:1'), '20260102-007 $(x)');
    assert.throws(
      () => makeRunNumber('$(Date:yyMMdd)', source, 'x:1'),
      /x:1: .*not know '\$\(Date:yyMMdd\)'/,
    );
    assert.throws(() => makeRunNumber('$(Hours)', source, 'x:1'), /does not know '\$\(Hours\)'/);
    assert.throws(() => makeRunNumber('a.', source, 'x:1'), /TF209010/);
    assert.throws(() => makeRunNumber('a'.repeat(256), source, 'x:1'), /TF209010/);
  });

  it('takes template parameters with their types and allowed values', async () => {
    const yaml = `
parameters:
- name: env
  values: [dev, prod]
- name: flag
  type: boolean
  default: false
steps:
- checkout: none
- script: echo "\${{ parameters.env }} \${{ parameters.flag }}"
  displayName: Show
`;
    const seen = await bench.run(yaml, { templateParameters: { env: 'prod', flag: 'true' } });
    assert.equal(seen.log('Show').at(-1), 'prod True');
    await assert.rejects(bench.run(yaml, { templateParameters: { env: 'x' } }), /'x' is not a valid value/);
    await assert.rejects(
      bench.run(yaml, { templateParameters: { env: 'dev', no: 1 } }),
      /Unexpected parameter 'no'/,
    );
  });

  it('finds the webhooks of a pipeline, with their filters', () => {
    const yaml = `
resources:
  webhooks:
  - webhook: port
    connection: port-webhook
    filters:
    - path: context.action
      value: deploy
`;
    const { webhooks } = readTriggers(yaml, 'deploy.yml');
    assert.deepEqual(webhooks, [
      { alias: 'port', connection: 'port-webhook', filters: [{ path: 'context.action', value: 'deploy' }] },
    ]);
  });
});
