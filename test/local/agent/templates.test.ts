import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunRequest } from '../../../local/agent/index.ts';
import { type Bench, makeBench } from './fixture.ts';

const url = 'http://127.0.0.1:1/org/demo/_git/templates';

const resources = `
resources:
  repositories:
  - repository: shared
    type: git
    name: templates
`;

describe('templates in the local agent', () => {
  let bench: Bench;
  let repositories: RunRequest['repositories'];
  beforeEach(async () => {
    bench = await makeBench();
    const common = { type: 'git', version: '2cc1a2e5', url } as const;
    repositories = [
      { ...common, name: 'demo/templates', ref: 'refs/heads/main', directory: join(bench.folder, 'shared') },
      { ...common, name: 'demo/templates', ref: 'refs/tags/v1', directory: join(bench.folder, 'v1') },
      { ...common, name: 'other/templates', ref: 'refs/heads/main', directory: join(bench.folder, 'other') },
    ];
  });
  afterEach(() => bench.remove());

  /** Writes files by their path in `repository` (the pipeline's own), `shared`, `v1` or `other`. */
  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(bench.folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  };
  const run = (yaml: string) => bench.run(yaml, { repositories: repositories ?? [] });
  const refused = (yaml: string, message: RegExp | string) =>
    assert.rejects(run(yaml), typeof message === 'string' ? { message } : message);
  const say = (text: string, name = 'Say') =>
    `steps:\n- checkout: none\n- script: echo "${text}"\n  displayName: ${name}\n`;

  it('stand for steps, jobs, stages and variables, at the place where they are named', async () => {
    await write({
      'repository/parts/stages.yml':
        'stages:\n- stage: S\n  variables:\n  - template: variables.yml\n  jobs:\n  - template: jobs.yml\n',
      'repository/parts/variables.yml': 'variables:\n  inherited: from the stage\n',
      'repository/parts/jobs.yml':
        'jobs:\n- job: J\n  steps:\n  - checkout: none\n  - template: ../steps.yml\n',
      'repository/steps.yml': 'steps:\n- script: echo "$(inherited) $(listed)"\n  displayName: Say\n',
      'repository/listed.yml': 'variables:\n- name: listed\n  value: and the pipeline\n',
    });
    const seen = await run('variables:\n- template: listed.yml\nstages:\n- template: parts/stages.yml\n');
    assert.deepEqual(seen.log('Say'), ['from the stage and the pipeline']);
  });

  it('take parameters with their types, and see no others', async () => {
    await write({
      'repository/steps.yml': `
parameters:
- { name: text, type: string }
- { name: number, type: number }
- { name: flag, type: boolean, default: false }
- { name: things, type: object, default: [] }
- { name: after, type: stepList, default: [] }
steps:
- checkout: none
- script: |
    echo '\${{ parameters.text }} \${{ parameters.number }} \${{ parameters.flag }}'
    echo '\${{ convertToJson(parameters.things) }}'
  displayName: Say
- \${{ parameters.after }}
- script: echo last
`,
      'repository/one.yml': 'steps:\n- script: echo one\n  displayName: One\n',
    });
    const seen = await run(`
parameters:
- { name: outer, default: '1.10' }
steps:
- template: steps.yml
  parameters:
    TEXT: \${{ parameters.outer }}
    number: '8'
    things: { n: 3, s: '3', list: [1.0, two] }
    after:
    - template: one.yml
    - script: echo "$TAG"
      displayName: Two
      env: { TAG: 1.10 }
`);
    assert.deepEqual(seen.log('Say').slice(0, 1), ['1.10 8 False']);
    assert.deepEqual(JSON.parse(seen.log('Say').slice(1).join('')), { n: 3, s: '3', list: [1, 'two'] });
    assert.deepEqual([...seen.log('One'), ...seen.log('Two')], ['one', '1.10']);
  });

  it('are refused for parameters that do not fit', async () => {
    await write({
      'repository/steps.yml': `
parameters:
- { name: n, type: number }
- { name: list, type: stepList, default: [] }
- { name: pick, default: a, values: [a, b] }
steps: []
`,
      'repository/none.yml': say('any'),
    });
    const use = (parameters: string) => `steps:\n- template: steps.yml\n  parameters: ${parameters}\n`;
    await refused(use('{}'), "pipeline.yml:2: A value for the 'n' parameter must be provided.");
    await refused(use('{ n: 1, more: x }'), "pipeline.yml:2: Unexpected parameter 'more'");
    await refused(use('{ n: abc }'), "pipeline.yml:2: The 'n' parameter value 'abc' is not a valid Number.");
    await refused(
      use('{ n: 1, list: nope }'),
      "pipeline.yml:2: The 'list' parameter is not a valid StepList.",
    );
    await refused(
      use('{ n: 1, pick: A }'),
      "pipeline.yml:2: The 'pick' parameter value 'A' is not a valid value.",
    );
    await refused(use('{ n: "${{ parameters.n }}" }'), /Key not found 'n'/);
    const seen = await run('steps:\n- template: none.yml\n  parameters: { whatever: 1 }\n');
    assert.deepEqual(seen.log('Say'), ['any']);
  });

  it('are read from other repositories, at the ref that the pipeline names', async () => {
    await write({
      'shared/steps/outer.yml':
        'steps:\n- checkout: none\n- template: inner.yml\n- template: mine.yml@self\n',
      'shared/steps/inner.yml': 'steps:\n- script: echo main\n  displayName: Inner\n',
      'v1/steps/outer.yml': say('v1', 'Inner'),
      'other/steps/outer.yml': say('other', 'Inner'),
      'repository/mine.yml': 'steps:\n- script: echo mine\n  displayName: Mine\n',
    });
    const seen = await run(`${resources}steps:\n- template: steps/outer.yml@SHARED\n`);
    assert.deepEqual([...seen.log('Inner'), ...seen.log('Mine')], ['main', 'mine']);
    const at = async (more: string) =>
      (await run(`${resources.trimEnd()}${more}\nsteps:\n- template: steps/outer.yml@shared\n`)).log('Inner');
    assert.deepEqual(await at('\n    ref: refs/tags/v1'), ['v1']);
    const elsewhere = resources.replace('name: templates', 'name: other/templates');
    const other = await run(`${elsewhere}steps:\n- template: /steps/outer.yml@shared\n`);
    assert.deepEqual(other.log('Inner'), ['other']);
  });

  it('are extended: the pipeline is what the template makes of it', async () => {
    await write({
      'shared/base.yml': `
parameters:
- { name: steps, type: stepList }
- { name: who }
stages:
- stage: Only
  jobs:
  - job: J
    steps:
    - checkout: none
    - script: echo "before \${{ parameters.who }}"
      displayName: Before
    - \${{ parameters.steps }}
`,
      'shared/middle.yml': `
parameters:
- { name: steps, type: stepList }
extends:
  template: base.yml
  parameters:
    who: $(who)
    steps: \${{ parameters.steps }}
`,
    });
    const yaml = `${resources}
name: number one
variables: { who: me }
extends:
  template: middle.yml@shared
  parameters:
    steps:
    - script: echo own
      displayName: Own
`;
    const seen = await run(yaml);
    assert.deepEqual([...seen.log('Before'), ...seen.log('Own')], ['before me', 'own']);
    assert.deepEqual(seen.buildNumbers, ['number one']);
    assert.equal(seen.record('Only', 'Stage').result, 'succeeded');
    await refused(`${yaml}stages: []\n`, /pipeline.yml:16: Unexpected value 'stages'$/);
    await refused(
      yaml.replace('name: number one', 'parameters: []\nname: one\njobs: []'),
      /Unexpected value 'jobs'/,
    );
    await write({ 'shared/base.yml': 'name: mine\nvariables: { who: template }\nsteps: []\n' });
    await refused(yaml, "base.yml@shared:1: 'name' is already defined");
  });

  it('are refused where they are not, with the place that was looked at', async () => {
    await write({ 'shared/a.yml': 'steps:\n- template: b.yml\n', 'repository/Parts/x.yml': say('x') });
    const step = (reference: string) => `${resources}steps:\n- template: '${reference}'\n`;
    const missing = (path: string) => new RegExp(`File ${path} not found in repository`);
    await refused(
      step('no/such.yml@shared'),
      `pipeline.yml: File /no/such.yml not found in repository ${url} branch refs/heads/main version 2cc1a2e5.`,
    );
    await refused(
      step('a.yml@shared'),
      /: a.yml@shared: File \/b.yml not found in repository .*\/templates branch/,
    );
    await refused(step('parts/x.yml'), missing('/parts/x.yml'));
    await refused(step('Parts'), /pipeline.yml: File \/Parts not found in repository/);
    await refused(step('a.yml@nosuch'), 'pipeline.yml: No repository found by name nosuch');
    await refused(step('we@ird.yml'), 'pipeline.yml: No repository found by name ird.yml');
    await refused(step('../outside.yml'), 'pipeline.yml: The file path //../outside.yml is invalid');
    await refused(step('../outside.yml@shared'), 'pipeline.yml: The file path /../outside.yml is invalid');
    const named = (name: string, ref: string) =>
      `${resources.replace('name: templates', `name: ${name}\n    ref: ${ref}`)}steps: []\n`;
    await refused(
      named('nosuch', 'main'),
      /pipeline.yml: The repository nosuch in project .* could not be retrieved\. Verify the name and credentials/,
    );
    await refused(
      named('templates', 'other'),
      'pipeline.yml: Could not get the latest source version for repository templates hosted on Azure Repos using ref refs/heads/other.',
    );
  });

  it('are refused in a circle, and may stand twice in one list', async () => {
    await write({
      'repository/a.yml': 'steps:\n- template: b.yml\n',
      'repository/b.yml': 'steps:\n- template: a.yml\n',
      'repository/leaf.yml': 'steps:\n- script: echo leaf\n',
    });
    await refused('steps:\n- template: a.yml\n', 'a.yml: Maximum object depth exceeded');
    const twice = await run('steps:\n- checkout: none\n- template: leaf.yml\n- template: leaf.yml\n');
    assert.equal(twice.records.filter(({ name }) => name === 'CmdLine').length, 2);
  });

  it('are refused when they hold another list than the one they stand in', async () => {
    await write({ 'repository/jobs.yml': 'parameters: []\njobs: []\n' });
    await refused('steps:\n- template: jobs.yml\n', "jobs.yml:2: Unexpected value 'jobs'");
    await refused(
      'steps:\n- template: jobs.yml\n  displayName: x\n',
      /pipeline.yml:3: .*'displayName' in a reference to a template/,
    );
  });

  it('tell what is wrong in them by their own name and line', async () => {
    await write({ 'shared/bad.yml': 'steps:\n- script: a\n- nonsense: b\n' });
    await refused(
      `${resources}steps:\n- template: bad.yml@shared\n`,
      "bad.yml@shared:3: the local agent does not know 'nonsense' as a step",
    );
  });

  it('choose, repeat and insert by directives in lists and mappings', async () => {
    await write({
      'repository/each.yml': `
parameters:
- { name: names, type: object }
- { name: pick }
- { name: env, type: object, default: {} }
- { name: own, type: stepList, default: [] }
steps:
- checkout: none
- \${{ each entry in parameters.names }}:
  - script: echo "\${{ entry.key }}=\${{ entry.value }} $A$B"
    displayName: Each \${{ entry.key }}
    env:
      A: a
      \${{ insert }}: \${{ parameters.env }}
- \${{ if eq(parameters.pick, 'x') }}:
  - script: echo x
    displayName: X
- \${{ elseif eq(parameters.pick, 'y') }}:
  - script: echo y
    displayName: Y
- \${{ else }}:
    script: echo none
    displayName: None
- \${{ each step in parameters.own }}:
  - \${{ each pair in step }}:
      \${{ pair.key }}: \${{ pair.value }}
    displayName: Own
`,
    });
    const use = (more: string) => `
steps:
- template: each.yml
  parameters: { names: { one: 1, two: 2 }, ${more} }
`;
    const seen = await run(use('pick: y, env: { B: b }, own: [{ script: echo mine }]'));
    assert.deepEqual([...seen.log('Each one'), ...seen.log('Each two')], ['one=1 ab', 'two=2 ab']);
    assert.deepEqual([...seen.log('Y'), ...seen.log('Own')], ['y', 'mine']);
    assert.throws(() => seen.record('X'));
    assert.throws(() => seen.record('None'));
    assert.deepEqual((await run(use('pick: z'))).log('None'), ['none']);
    await refused(
      use('pick: x, env: { a: b }'),
      /: each.yml:\d+: 'a' is already defined|'A' is already defined/,
    );
  });

  it('are refused for a directive in the wrong place', async () => {
    const orphan = /The expression directive 'else' is not supported in this context/;
    await refused('steps:\n- ${{ else }}:\n  - script: x\n', orphan);
    await refused(
      'parameters: [{ name: l, type: object, default: [] }]\nsteps:\n- ${{ if true }}:\n  - script: x\n- ${{ each i in parameters.l }}:\n  - script: x\n- ${{ else }}:\n  - script: x\n',
      orphan,
    );
    await refused('variables:\n  ${{ insert }}: text\nsteps: []\n', /:2: Expected a mapping/);
    await refused(
      'steps:\n- ${{ each i in true }}:\n  - script: x\n',
      /does not know 'each' of what is no list/,
    );
  });
});
