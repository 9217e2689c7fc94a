import assert from 'node:assert/strict';
import { PipelineError } from '../../../local/agent/index.ts';
import { type Bench, makeBench } from './fixture.ts';

const job = (text: string) => `jobs:\n- job: A\n  ${text}\n  steps: [{ checkout: none }]`;
const hook = `resources:
  webhooks:
  - webhook: port
    connection: port-webhook
`;
const show = (expression: string) =>
  `${hook}steps:\n- checkout: none\n- script: "echo '[\${{ ${expression} }}]'"\n  displayName: Show`;
const parameters = (text: string) =>
  `parameters:\n${text}\nsteps:\n- checkout: none\n- script: |\n    cat <<'END'\n    \${{ convertToJson(parameters.p) }}\n    END\n  displayName: Show`;

describe('what the local agent finds when it compiles a pipeline', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench.remove());

  const unrecognized = (name: string) => new RegExp(`Unrecognized value: '${name}'`);
  const refused: readonly (readonly [what: string, yaml: string, message: RegExp])[] = [
    ['an alias that is mistyped', show('parameters.prot.runId'), /^pipeline\.yml:7: Key not found 'prot'$/],
    ['a parameter that is not declared', show("parameters['nosuch']"), /Key not found 'nosuch'/],
    ['no parameters at all', 'steps:\n- script: ${{ parameters.x }}', /:2: Key not found 'x'/],
    ['an unknown name', show('nosuch.x'), unrecognized('nosuch')],
    ['dependencies before the run', show('dependencies.A.result'), unrecognized('dependencies')],
    ['a status function before the run', show('always()'), unrecognized('always')],
    ['null', show("coalesce(null, 'x')"), unrecognized('null')],
    ['variables in ${{ }}', show('variables.x'), /The local agent does not know 'variables'/],

    ['parameters in a condition', job("condition: eq(parameters.x, 'y')"), unrecognized('parameters')],
    ['resources in a condition', job("condition: eq(resources.x, 'y')"), unrecognized('resources')],
    ['environment in a condition', job("condition: eq(environment.name, 'y')"), unrecognized('environment')],
    ['counter in a condition', job("condition: eq(counter('a', 1), 'y')"), unrecognized('counter')],
    ['an unknown function in a condition', job('condition: nosuch()'), /:2: Unrecognized value: 'nosuch'/],
    ['too few values in a condition', job('condition: eq(1)'), /Unexpected symbol: '\)'/],
    ['a name given to always()', job("condition: always('A')"), /Unexpected symbol: '\)'/],
    ['a function without brackets', job('condition: always'), /Expected '\(' to follow a function: 'always'/],
    ['text that is not closed', job("condition: eq('a, 1)"), /Unexpected symbol/],
    ['a call that is not closed', job("condition: eq('a', 1"), /Unclosed function: 'eq'/],
    [
      'the same in a condition of a stage',
      'stages:\n- stage: S\n  condition: eq(parameters.x, 1)\n  jobs: [{ job: A, steps: [] }]',
      /:2: Unrecognized value: 'parameters'/,
    ],
    [
      'wrong syntax in a condition of a step',
      'steps:\n- script: x\n  name: say\n  condition: eq(1)',
      /:2: Job Job: Step say specifies condition eq\(1\) which is not valid\. Reason: Unexpected symbol: '\)'/,
    ],
    [
      'an unknown name in a variable of the root',
      'variables:\n  a: $[ nosuch.x ]\nsteps: []',
      /:2: An error occurred while loading the YAML build pipeline\. Unrecognized value: 'nosuch'/,
    ],
    ['parameters in $[ ]', 'variables:\n  a: $[ parameters.x ]\nsteps: []', unrecognized('parameters')],
    [
      'dependencies in $[ ]',
      'variables:\n  a: $[ dependencies.A.result ]\nsteps: []',
      unrecognized('dependencies'),
    ],
    ['a status function in $[ ]', 'variables:\n  a: $[ always() ]\nsteps: []', unrecognized('always')],
    [
      'operators in $[ ]',
      'variables:\n- { name: a, value: "$[ 1 == 1 ]" }\nsteps: []',
      /Unexpected symbol: '=='/,
    ],
    ['a matrix that cannot be parsed', job('strategy: { matrix: "$[ eq(1 ]" }'), /Unclosed function: 'eq'/],

    ['a key twice', 'variables:\n  a: 1\n  a: 2\nsteps: []', /:3: 'a' is already defined/],
    [
      'a key twice in another case',
      'variables:\n  foo: 1\n  FOO: 2\nsteps: []',
      /:3: 'FOO' is already defined/,
    ],
    [
      'a parameter twice',
      parameters('- { name: p, default: a }\n- { name: P, default: b }'),
      /:3: The 'P' parameter is declared more than once in the parameter list/,
    ],
    [
      'an expression in a default',
      "parameters:\n- name: p\n  default: ${{ 'x' }}\nsteps: []",
      /:3: A template expression is not allowed in this context/,
    ],

    [
      'an expression in a resource',
      "resources:\n  repositories:\n  - repository: a\n    name: b\n    ref: ${{ 'c' }}\nsteps: []",
      /:5: A template expression is not allowed in this context/,
    ],
    [
      'an if in a trigger',
      'trigger:\n  ${{ if true }}: x\nsteps: []',
      /:2: A template expression is not allowed in this context/,
    ],
    [
      'a list of containers as parameter',
      parameters('- { name: p, type: containerList, default: [] }'),
      /does not know the type 'containerList'/,
    ],
    ['publish', 'steps:\n- publish: x', /does not know 'publish' as a step/],
    [
      'failOnStderr',
      'steps:\n- bash: x\n  failOnStderr: true',
      /does not know 'failOnStderr' in a 'bash' step/,
    ],
    [
      'a script file',
      'steps:\n- task: Bash@3\n  inputs: { filePath: x.sh }',
      /does not know the input 'filePath' of Bash@3/,
    ],
    [
      'Bash@3 as it is without inputs',
      'steps:\n- task: Bash@3\n  inputs: { script: x }',
      /without 'targetType: inline'/,
    ],
    [
      'a matrix of the YAML',
      job('strategy: { matrix: { a: { b: c } } }'),
      /does not know a 'matrix' that is no \$\[ \]/,
    ],
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

  const accepted: readonly (readonly [what: string, yaml: string])[] = [
    [
      'an unknown name in a condition of a step: the agent finds it',
      'steps:\n- checkout: none\n- script: x\n  condition: nosuch()',
    ],
    ['a name given to succeeded() in a job', job("condition: succeeded('nosuch')")],
    [
      'all that a condition may name',
      job("condition: eq(coalesce(variables.x, dependencies.A.b, stageDependencies.S.A.b), '')"),
    ],
    ['an unknown name in a variable of a job: the job finds it', job('variables: { a: "$[ nosuch.x ]" }')],
  ];
  for (const [what, yaml] of accepted) {
    it(`creates the run for ${what}`, async () => {
      await bench.run(yaml);
    });
  }

  it('abandons a job whose variables cannot be evaluated', async () => {
    const seen = await bench.run(job('variables: { a: "$[ nosuch.x ]" }'));
    assert.equal(seen.record('A', 'Phase').result, 'abandoned');
    assert.throws(() => seen.record('A', 'Job'));
  });

  const payload = { port_context: { runId: 'r_1' }, count: 2 };
  const webhook = { alias: 'port', payload };
  const values: readonly (readonly [expression: string, text: string])[] = [
    ['parameters.port.port_context.runId', 'r_1'],
    ['parameters.PORT.port_context.runId', 'r_1'],
    ['parameters.port.port_context.runid', ''],
    ["parameters.port['PORT_CONTEXT'].runId", ''],
    ['parameters.port.nosuch.deeper', ''],
  ];
  for (const [expression, text] of values) {
    it(`gives '${text}' for ${expression}`, async () => {
      const seen = await bench.run(show(expression), { webhook });
      assert.deepEqual(seen.log('Show'), [`[${text}]`]);
    });
  }

  it('gives nothing for the alias of a payload on a run by hand', async () => {
    assert.deepEqual((await bench.run(show('parameters.port.port_context.runId'))).log('Show'), ['[]']);
  });

  it('keeps the types of an object that is a default, and reads one that comes as JSON text', async () => {
    const yaml = parameters(
      '- name: p\n  type: object\n  default: { s: text, n: 3, f: 0.5, b: true, q: "4", e: , list: [1, two] }',
    );
    const json = async (templateParameters = {}) =>
      JSON.parse((await bench.run(yaml, { templateParameters })).log('Show').join('\n')) as unknown;
    assert.deepEqual(await json(), { s: 'text', n: 3, f: 0.5, b: true, q: '4', e: '', list: [1, 'two'] });
    assert.deepEqual(await json({ p: '{"a": 1}' }), { a: 1 });
  });

  it('leaves a default of type string as it is written', async () => {
    const seen = await bench.run(parameters('- { name: p, default: 1.10 }'));
    assert.deepEqual(seen.log('Show'), ['"1.10"']);
  });
});
