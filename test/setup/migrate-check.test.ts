import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { callsOf } from '../../setup/migrate/port-calls.ts';
import { replacementFor } from '../../setup/migrate/replacement.ts';
import { type Pipeline, mistakesIn } from '../../setup/migrate/rules.ts';
import { readScripts } from '../../setup/migrate/scripts.ts';
import { runCommand, runPiped } from './command-line.ts';

function read(yaml: string): Pipeline {
  const scripts = readScripts(yaml, 'test.yml');
  return { scripts, calls: scripts.flatMap(callsOf) };
}

/** Lines and rules of a pipeline's mistakes. */
const rulesIn = (yaml: string): string[] => mistakesIn(read(yaml)).map(({ line, rule }) => `${line} ${rule}`);

const patch = (body: string, more = ''): string => `steps:
  - bash: |
      curl --fail -X PATCH "https://api.port.io/v1/actions/runs/$RUN" -d '${body}'
${more}`;

const cases: [string, string, string[]][] = [
  [
    'a token in a variable that is not secret',
    `steps:
  - script: |
      token=$(curl --fail https://api.port.io/v1/auth/access_token | jq -r .accessToken)
      echo "##vso[task.setvariable variable=accessToken;isOutput=true]$token"
`,
    ['4 token-not-secret'],
  ],
  [
    'a token in a secret variable, which is none of the mistakes',
    `steps:
  - script: |
      token=$(curl --fail https://api.port.io/v1/auth/access_token | jq -r .accessToken)
      echo "##vso[task.setvariable variable=accessToken;issecret=true]$token"
`,
    [],
  ],
  ['a run that can only succeed', patch('{"status":"SUCCESS"}'), ['3 success-only']],
  [
    'a cancel that nobody reports',
    patch(
      '{"status":"SUCCESS"}',
      `  - bash: |
      curl --fail -X PATCH "https://api.port.io/v1/actions/runs/$RUN" -d '{"status":"FAILURE"}'
    condition: failed()
`,
    ),
    ['5 no-cancel'],
  ],
  [
    'a cancel that a stage of its own reports',
    `stages:
  - stage: work
    jobs:
      - job: work
        steps:
          - bash: curl -f -X PATCH "https://api.port.io/v1/actions/runs/$RUN" -d '{"status":"SUCCESS"}'
  - stage: failed
    condition: or(failed(), canceled())
    jobs:
      - job: failed
        steps:
          - bash: curl -f -X PATCH "https://api.port.io/v1/actions/runs/$RUN" -d '{"status":"FAILURE"}'
`,
    [],
  ],
  [
    'a cancel that is reported',
    patch(
      '{"status":"SUCCESS"}',
      `  - bash: |
      curl --fail -X PATCH "https://api.port.io/v1/actions/runs/$RUN" -d '{"status":"FAILURE"}'
    condition: always()
`,
    ),
    [],
  ],
  [
    'a variable in a case that scripts do not see',
    `jobs:
  - job: a
    steps:
      - bash: 'echo "##vso[task.setvariable variable=accessToken;issecret=true]x"'
      - task: Bash@3
        inputs:
          targetType: inline
          script: |
            curl --fail -H "Authorization: Bearer $accessToken" "https://api.port.io/v1/blueprints/service/entities?upsert=true&merge=true"
`,
    ['9 wrong-case'],
  ],
  [
    'the same, given by env',
    `steps:
  - bash: 'echo "##vso[task.setvariable variable=accessToken;issecret=true]x"'
  - bash: curl --fail -H "$accessToken" "https://api.port.io/v1/blueprints/service/entities"
    env:
      accessToken: $(accessToken)
`,
    [],
  ],
  [
    'an upsert that wipes',
    'steps:\n  - script: curl --fail "https://api.port.io/v1/blueprints/service/entities?upsert=true"\n',
    ['2 no-merge'],
  ],
  ['the deprecated message', patch('{"message":{"run_status":"x"}}'), ['3 deprecated-message']],
  ['a status that Port refuses', patch('{"status":"IN_PROGRESS"}'), ['3 status-in-progress']],
  [
    "a user's text in a script",
    `steps:
  - script: |
      curl --fail -X PATCH "https://api.port.io/v1/actions/runs/\${{ parameters.port.port_context.runId }}" \\
        -d '{"statusLabel":"\${{ parameters.port.properties.name }}"}'
`,
    ['4 injection'],
  ],
  [
    'an answer that nobody looks at',
    'steps:\n  - script: curl https://api.port.io/v1/actions/runs/x/logs\n',
    ['2 unchecked-answer'],
  ],
  [
    'the old host',
    'steps:\n  - script: curl -sf https://api.getport.io/v1/actions/runs/x/logs\n',
    ['2 old-host'],
  ],
  [
    'an address that the shell cuts off',
    'steps:\n  - script: curl -f https://api.port.io/v1/blueprints/a/entities?upsert=true&merge=true\n',
    ['2 unquoted-address'],
  ],
  [
    'a shell variable written as a macro',
    `steps:
  - script: |
      now=1
      curl --fail "https://api.port.io/v1/blueprints/a/entities" -d '{"identifier":"$(now)"}'
`,
    ['4 shell-variable-as-macro'],
  ],
  [
    'a tool that is installed for it',
    'steps:\n  - script: |\n      apt-get install -y jq\n      curl -f https://api.port.io/v1/auth/access_token\n',
    ['3 installs-tools'],
  ],
  [
    'a status in Python and PowerShell that can only succeed',
    `steps:
  - task: PythonScript@0
    inputs:
      scriptSource: inline
      script: |
        requests.patch(f"https://api.port.io/v1/actions/runs/{id}", json={"status": "SUCCESS"})
  - pwsh: Invoke-RestMethod -Method Patch -Uri "https://api.port.io/v1/actions/runs/$id" -Body '{"status":"SUCCESS"}'
`,
    ['6 success-only'],
  ],
  [
    'scripts that have nothing to do with Port',
    'steps:\n  - script: curl https://example.com/${{ parameters.x }}\n',
    [],
  ],
];

describe('migrate-check', function () {
  this.timeout(20_000);

  for (const [what, yaml, expected] of cases) {
    it(`finds ${what}`, () => assert.deepEqual(rulesIn(yaml), expected));
  }

  it('finds calls through InvokeRESTAPI', () => {
    const { calls } = read(`jobs:
  - job: tell
    pool: server
    steps:
      - task: InvokeRESTAPI@1
        inputs:
          method: PATCH
          urlSuffix: /v1/actions/runs/$(PORT_RUN_ID)
          body: '{"status":"SUCCESS"}'
`);
    assert.deepEqual(
      calls.map(({ kind }) => kind),
      ['updateRun'],
    );
  });

  it('writes the steps that replace them, with what the calls had', () => {
    const steps = parse(
      replacementFor(
        read(`steps:
  - bash: |
      curl -X PATCH "https://api.getport.io/v1/actions/runs/\${{ parameters.port.port_context.runId }}" -d '{"status":"SUCCESS"}'
  - bash: |
      curl "https://api.getport.io/v1/blueprints/service/entities?upsert=true" \\
        -d '{"identifier":"'"$name"'","title":"A service","properties":{"url":"\${{ parameters.port.properties.url }}","replicas":3},"relations":{"team":"a"}}'
`),
      ),
    ) as unknown;
    const runId = '${{ parameters.port.port_context.runId }}';
    assert.deepEqual(steps, [
      { task: 'PortRunStatus@1', inputs: { portConnection: 'port', runId, status: 'track' } },
      {
        task: 'PortUpsertEntity@1',
        inputs: {
          portConnection: 'port',
          runId,
          blueprint: 'service',
          identifier: '$(name)',
          title: 'A service',
          properties:
            "url: ${{ replace(convertToJson(parameters.port.properties.url), '$', '\\u0024') }}\nreplicas: 3",
          relations: 'team: a',
        },
      },
    ]);
  });

  it('proposes no raw field: one line breaks no macro, and YAML of several lines gets JSON', () => {
    const [step] = parse(
      replacementFor(
        read(`steps:
  - bash: |
      curl "https://api.port.io/v1/blueprints/service/entities?upsert=true" \\
        -d '{"identifier":"'"$ID"'","title":"A \${{ upper(parameters.title) }}","properties":{"owner":"'"$OWNER"'","note":"it'"'"'s: {\${{ parameters.a }}} \${{parameters.b}}","replicas":\${{ parameters.replicas }},"mixed":"$(x)\${{ parameters.a }}","list":["'"$other"'"],"\${{ parameters.key }}":1}}'
    env:
      ID: \${{ parameters.port.properties.id }}
      OWNER: \${{ replace(parameters.port.properties.owner, '$(', '$ (') }}
`),
      ),
    ) as { inputs: Record<string, string> }[];
    const json = (field: string) => `\${{ replace(convertToJson(${field}), '$', '\\u0024') }}`;
    assert.equal(step?.inputs.identifier, "${{ replace(parameters.port.properties.id, '$(', '$ (') }}");
    assert.equal(step.inputs.title, "A ${{ replace(upper(parameters.title), '$(', '$ (') }}");
    assert.deepEqual(step.inputs.properties?.split('\n'), [
      `owner: ${json('parameters.port.properties.owner')}`,
      `note: ${json("format('it''s: {{{0}}} {1}', parameters.a, parameters.b)")}`,
      `replicas: ${json('parameters.replicas')}`,
      'mixed: <value>',
      'list:',
      '  - $(other)',
      `${json('parameters.key')}: 1`,
    ]);
  });

  const example = join(import.meta.dirname, 'hand-written.yml');

  it('tells a person, with file and line, and ends with 1', async () => {
    const { code, stdout } = await runCommand(['migrate-check', example]);
    assert.equal(code, 1);
    assert.match(stdout, /^Hand-written calls to Port\n/);
    assert.match(stdout, /hand-written\.yml:\d+ {2}token-not-secret/);
    assert.match(stdout, /These steps replace them .*\n- task: PortRunStatus@1/);
  });

  it('tells a script in JSON, and ends with 0 where there is nothing to say', async () => {
    const { json } = await runCommand(['migrate-check', example, '--json']);
    const { mistakes } = json() as { mistakes: { rule: string }[] };
    const rules = [...new Set(mistakes.map(({ rule }) => rule))].sort();
    assert.deepEqual(rules, [
      ...['deprecated-message', 'injection', 'installs-tools', 'no-cancel', 'no-merge', 'old-host'],
      ...['token-not-secret', 'unchecked-answer', 'wrong-case'],
    ]);
    const deploy = join(import.meta.dirname, '..', '..', 'examples', 'deploy', 'deploy.yml');
    const clean = await runCommand(['migrate-check', deploy]);
    assert.equal(clean.code, 0);
    assert.match(clean.stdout, /no hand-written call to Port/);
  });

  it('prints nothing out of a file that the agent would obey, and gives scripts every value as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-'));
    const file = join(folder, '##vso[task.complete]hostile.yml');
    const identifier = '##vso[task.setvariable variable=PATH]x';
    const post = 'https://api.port.io/v1/blueprints/service/entities';
    writeFileSync(
      file,
      `steps:\n  - bash: |\n      curl -X POST ${post} -d '{"identifier": "${identifier}"}'\n`,
    );
    try {
      for (const args of [[], ['--json']]) {
        for (const name of [file, `${file}.missing`]) {
          const { stdout, stderr } = await runCommand(['migrate-check', name, ...args]);
          assert.doesNotMatch(stdout + stderr, /##(vso)?\[/);
        }
      }
      const { json } = await runCommand(['migrate-check', file, '--json']);
      const { replacement } = json() as { replacement: string };
      assert.ok(replacement.includes(identifier));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends quietly where its reader has seen enough', async () => {
    const ended = await runPiped(['migrate-check', example, '--json']);
    assert.equal(ended, '');
  });

  it('says what is wrong with a file', async () => {
    assert.match((await runCommand(['migrate-check', 'nowhere.yml'])).stderr, /Cannot read nowhere\.yml/);
  });
});
