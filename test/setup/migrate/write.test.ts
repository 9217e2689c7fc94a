import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyse } from '../../../setup/migrate/analysis.ts';
import { changed } from '../../../setup/migrate/write/apply.ts';
import { diffOf } from '../../../setup/migrate/write/diff.ts';
import { runCommand } from '../command-line.ts';

const run = 'https://api.port.io/v1/actions/runs/$(PORT_RUN_ID)';
const entities = 'https://api.port.io/v1/blueprints/service/entities?upsert=true&merge=true';

async function written(yaml: string): Promise<string> {
  const change = changed(yaml, await analyse(yaml, 'test.yml'));
  assert.ok('text' in change, 'obstacles' in change ? change.obstacles.join('\n') : '');
  return change.text;
}

async function obstacles(yaml: string): Promise<readonly string[]> {
  const change = changed(yaml, await analyse(yaml, 'test.yml'));
  return 'obstacles' in change ? change.obstacles : [];
}

const track = (indent: string): string =>
  [
    '- task: PortRunStatus@1',
    '  inputs:',
    '    portConnection: port',
    '    runId: $(PORT_RUN_ID)',
    '    status: track',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');

describe('A pipeline that migrate-check changes', () => {
  it('has the steps in place of the calls, and every other character as it was', async () => {
    const before = `# Ours
trigger:   none   # by Port

steps:
- script:  ./build.sh # first
  displayName: "Build"

# Tells Port.
- bash: |
    curl "${entities}" -d '{"identifier":"a"}'
    curl -X PATCH "${run}" -d '{"status":"SUCCESS"}'
# The end.
- script: ./clean.sh
`;
    const after = `# Ours
trigger:   none   # by Port

steps:
${track('')}- script:  ./build.sh # first
  displayName: "Build"

# Tells Port.
- task: PortUpsertEntity@1
  inputs:
    portConnection: port
    runId: $(PORT_RUN_ID)
    blueprint: service
    identifier: a
# The end.
- script: ./clean.sh
`;
    assert.equal(await written(before), after);
  });

  it('keeps what a script does beside its calls', async () => {
    const before = `steps:
  - bash: |
      set -e
      ./build.sh
      TOKEN=$(curl -X POST https://api.port.io/v1/auth/access_token -d '{}' | jq -r .accessToken)
      echo "signed in as $TOKEN"
      curl -X PATCH "${run}" -H "Authorization: Bearer $TOKEN" \\
        -d '{"status":"SUCCESS","statusLabel":"Built"}'
    displayName: Build
`;
    const after = `steps:
${track('  ')}  - bash: |
      set -e
      ./build.sh
    displayName: Build
  - task: PortRunStatus@1
    inputs:
      portConnection: port
      runId: $(PORT_RUN_ID)
      status: success
      statusLabel: Built
`;
    assert.equal(await written(before), after);
  });

  it('waits no longer for stages that went, and reads none of their outputs', async () => {
    const before = `stages:
  - stage: token
    jobs:
      - job: token
        steps:
          - bash: echo "##vso[task.setvariable variable=t;isOutput=true]$(curl -X POST https://api.port.io/v1/auth/access_token)"
            name: get
  - stage: build
    jobs:
      - job: build
        steps:
          - bash: ./build.sh
  - stage: deploy
    dependsOn:
      - token
      - build
    variables:
      t: $[ stageDependencies.token.token.outputs['get.t'] ]
    jobs:
      - job: deploy
        steps:
          - bash: ./deploy.sh
          - bash: |
              curl -X PATCH "${run}" -H "Authorization: Bearer $(t)" -d '{"status":"SUCCESS"}'
`;
    const after = `stages:
  - stage: build
    jobs:
      - job: build
        steps:
          - bash: ./build.sh
  - stage: deploy
    dependsOn: [build]
    jobs:
      - job: deploy
        steps:
          - bash: ./deploy.sh
  - stage: port_report
    dependsOn: [build, deploy]
    condition: always()
    jobs:
      - job: port_report
        steps:
          - checkout: none
          - task: PortRunStatus@1
            inputs:
              portConnection: port
              runId: $(PORT_RUN_ID)
              status: auto
              scope: pipeline
`;
    assert.equal(await written(before), after);
  });

  it('puts the step of a deployment job where its steps are', async () => {
    const text = await written(`jobs:
  - deployment: deploy
    environment: production
    strategy:
      runOnce:
        deploy:
          steps:
            - checkout: self
            - bash: ./deploy.sh
            - bash: curl -X PATCH "${run}" -d '{"status":"SUCCESS"}'
`);
    assert.ok(
      text.includes(
        `          steps:\n${track('            ')}            - checkout: self\n            - bash: ./deploy.sh\n`,
      ),
    );
    assert.doesNotMatch(text, /curl/);
  });

  for (const [what, yaml, why] of [
    [
      'something cannot be read',
      `steps:\n  - bash: curl "${entities}" -d "{\\"identifier\\":\\"$(git describe)\\"}"\n`,
      /identifier is missing/,
    ],
    [
      'no task replaces a call',
      `steps:\n  - bash: curl -X PATCH "${run}/approval" -d '{"status":"APPROVE"}'\n`,
      /no task replaces this call/,
    ],
    [
      'work and calls are one statement',
      `steps:\n  - bash: |\n      ./deploy.sh && curl -X PATCH "${run}" -d '{"status":"SUCCESS"}'\n`,
      /cannot be cut out/,
    ],
    [
      'a call is sent perhaps',
      `steps:\n  - bash: |\n      if test -f x; then curl "${entities}" -d '{"identifier":"a"}'; fi\n`,
      /decides whether it calls/,
    ],
    [
      'something else reads what a step gave',
      `steps:\n  - bash: curl "${entities}" -d '{"identifier":"a"}'\n    name: send\n  - bash: echo $(send.x)\n`,
      /something else reads what it gave/,
    ],
    [
      'something else reads a variable that a step set',
      `steps:\n  - bash: |\n      curl "${entities}" -d '{"identifier":"a"}'\n      echo "##vso[task.setvariable variable=sent]yes"\n  - bash: echo $(sent)\n`,
      /sent goes/,
    ],
    [
      'no step would be left in a list of steps',
      `jobs:\n  - deployment: d\n    environment: e\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n            - bash: ./deploy.sh\n        on:\n          failure:\n            steps:\n              - bash: curl -X PATCH "${run}" -d '{"status":"FAILURE"}'\n`,
      /no step would be left in a list of d/,
    ],
    [
      'the job has no agent',
      `jobs:\n  - job: tell\n    pool: server\n    steps:\n      - task: InvokeRESTAPI@1\n        inputs: { method: PATCH, urlSuffix: 'v1/actions/runs/$(PORT_RUN_ID)', body: '{"status":"SUCCESS"}' }\n`,
      /without an agent/,
    ],
    [
      'its steps stand on one line',
      `steps: [{ bash: "curl '${entities}' -d '{\\"identifier\\":\\"a\\"}'" }]\n`,
      /one line/,
    ],
  ] as const) {
    it(`is left alone where ${what}`, async () => assert.match((await obstacles(yaml)).join('\n'), why));
  }
});

describe('migrate-check --write', function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'migrate-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('shows what changes, changes it, and has nothing to do after that', async () => {
    const file = join(folder, 'azure-pipelines.yml');
    writeFileSync(file, `steps:\n  - bash: curl -f -X PATCH "${run}" -d '{"status":"SUCCESS"}'\n`);
    const first = await runCommand(['migrate-check', file, '--write']);
    assert.match(first.stdout, /^ {2}- {2}- bash: curl[^]*^ {2}\+ {2}- task: PortRunStatus@1$/m);
    assert.equal(first.code, 0);
    assert.equal(readFileSync(file, 'utf8'), `steps:\n${track('  ')}`);
    const second = await runCommand(['migrate-check', file, '--write']);
    assert.deepEqual([second.code, second.stdout], [0, `${file}: no hand-written call to Port.\n`]);
  });

  it('keeps the ends of its lines as most of them are, and reads it in UTF-16', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'lines-'));
    const file = join(folder, 'a.yml');
    const yaml = `steps:\n- script: echo hi\n- bash: |\n    curl -X PATCH -d '{"status":"SUCCESS"}' ${run}\n- script: echo end\n`;
    const expected = `steps:\n${track('')}- script: echo hi\n- script: echo end\n`;
    const inWindows = (text: string) => text.replaceAll('\n', '\r\n');
    for (const [bytes, after] of [
      [Buffer.from(inWindows(yaml)), inWindows(expected)],
      [Buffer.from(`\ufeff${inWindows(yaml)}`, 'utf16le'), inWindows(expected)],
      [Buffer.from(yaml.replace('\n', '\r\n')), expected],
    ] as const) {
      writeFileSync(file, bytes);
      const { stdout } = await runCommand(['migrate-check', '--write', file]);
      assert.equal(readFileSync(file, 'utf8'), after);
      assert.match(stdout, / {3}steps:\n {2}\+- task: PortRunStatus@1\n/);
    }
    rmSync(folder, { recursive: true });
  });

  it('leaves a file alone that it cannot change whole, says why, and ends with 1', async () => {
    const file = join(folder, 'azure-pipelines.yml');
    const text = `steps:\n  - bash: curl -f "${entities}" -d @$(git describe).json\n`;
    writeFileSync(file, text);
    const { code, stdout } = await runCommand(['migrate-check', file, '--write']);
    assert.match(stdout, /is left as it is, for it cannot be changed whole\n {2}line 2: /);
    assert.deepEqual([code, readFileSync(file, 'utf8')], [1, text]);
  });
});

describe('The difference of two texts', () => {
  it('has what went and what came, with three lines around', () => {
    const lines = (...all: string[]) => all.join('\n');
    const before = lines('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12');
    const after = lines('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'x', '11', '12');
    assert.deepEqual(diffOf(before, after), [
      '+0',
      ' 1',
      ' 2',
      ' 3',
      '@@',
      ' 7',
      ' 8',
      ' 9',
      '-10',
      '+x',
      ' 11',
      ' 12',
    ]);
  });
});
