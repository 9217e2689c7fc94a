import assert from 'node:assert/strict';
import { inputsOf, pipeline, replaced } from './steps-of.ts';

const api = 'https://api.port.io/v1';
const runId = '${{ parameters.port.port_context.runId }}';
const run = `${api}/actions/runs/${runId}`;
const patch = (body: object): string => `curl -X PATCH "${run}" -d '${JSON.stringify(body)}'`;
const entities = `${api}/blueprints/service/entities`;

const step = (script: string, more = ''): string =>
  `  - bash: |\n      ${script.replaceAll('\n', '\n      ')}\n${more}`;
const steps = (...all: string[]): string => `steps:\n${all.join('')}`;

/** Steps in short: the task, and what it is told beside connection and run. */
async function short(yaml: string): Promise<unknown[]> {
  const { steps: found } = await replaced(yaml);
  return found.map(({ task, condition, inputs }) => {
    const rest = Object.fromEntries(
      Object.entries(inputs).filter(([name]) => name !== 'portConnection' && name !== 'runId'),
    );
    return { task: task.replace(/@.*$/, ''), ...(condition !== undefined && { condition }), ...rest };
  });
}

describe('A call of one kind', () => {
  for (const [what, script, expected] of [
    [
      'an upsert that merges',
      `curl "${entities}?upsert=true&merge=true" -d '{"identifier":"a"}'`,
      { identifier: 'a' },
    ],
    [
      'an upsert that does not',
      `curl "${entities}?upsert=true" -d '{"identifier":"a"}'`,
      { identifier: 'a', mode: 'replace' },
    ],
    ['a creation', `curl "${entities}" -d '{"identifier":"a"}'`, { identifier: 'a', mode: 'create' }],
    [
      'a replacement',
      `curl -X PUT "${entities}/a" -d '{"title":"A"}'`,
      { identifier: 'a', title: 'A', mode: 'replace' },
    ],
    [
      'a change',
      `curl -X PATCH "${entities}/a" -d '{"properties":{"n":1.5,"t":"1.10"}}'`,
      { identifier: 'a', properties: 'n: 1.5\nt: "1.10"\n' },
    ],
    [
      'icon, teams, and related entities that may be missing',
      `curl "${entities}?upsert=true&merge=true&create_missing_related_entities=true" -d '{"identifier":"a","icon":"Git","team":["x","y"],"relations":{"domain":["p","q"]}}'`,
      {
        identifier: 'a',
        icon: 'Git',
        team: 'x\ny',
        relations: 'domain:\n  - p\n  - q\n',
        createMissingRelatedEntities: true,
      },
    ],
    [
      'a run of its own',
      `curl "${entities}?upsert=true&merge=true&run_id=$(RUN)" -d '{"identifier":"a"}'`,
      { runId: '$(RUN)', identifier: 'a' },
    ],
    [
      'a file',
      `curl "${entities}?upsert=true&merge=true" -d @catalog/a.json`,
      { entitiesFile: 'catalog/a.json' },
    ],
    [
      'each of some files',
      `for file in catalog/*.json; do\n  curl "${entities}?upsert=true&merge=true" -d @"$file"\ndone`,
      { entitiesFile: 'catalog/*.json' },
    ],
  ] as const) {
    it(`writes an entity as the call did: ${what}`, async () =>
      assert.deepEqual(await inputsOf(pipeline('bash', script)), { blueprint: 'service', ...expected }));
  }

  it('becomes a step of its own task', async () => {
    const found = await short(
      steps(
        step(`curl -X DELETE "${entities}/a%2Fb?delete_dependents=true"`),
        step(`curl "${entities}/a"`),
        step(
          `curl -X POST "${api}/entities/search" -d '{"combinator":"and","rules":[{"property":"$blueprint","operator":"=","value":"service"}]}'`,
        ),
        step(
          `curl -X POST "${api}/actions/restart/runs?run_as=dev@example.com" -d '{"properties":{"force":true},"entity":"a"}'`,
        ),
      ),
    );
    assert.deepEqual(found, [
      { task: 'PortDeleteEntity', blueprint: 'service', identifier: 'a/b', deleteDependents: true },
      { task: 'PortGetEntity', blueprint: 'service', identifier: 'a' },
      {
        task: 'PortSearchEntities',
        query: 'combinator: and\nrules:\n  - property: $blueprint\n    operator: =\n    value: service\n',
      },
      {
        task: 'PortExecuteAction',
        action: 'restart',
        properties: 'force: true\n',
        entity: 'a',
        runAs: 'dev@example.com',
        wait: false,
      },
    ]);
  });

  it('stays, and is named, where no task replaces it', async () => {
    const { replacement, remarks } = await replaced(
      pipeline('bash', `curl -X PATCH "${run}/approval" -d '{"status":"APPROVE"}'\ncurl "${api}/blueprints"`),
    );
    assert.equal(replacement, '');
    assert.equal(remarks.length, 2);
    assert.match(
      remarks.join('\n'),
      /PATCH actions\/runs\/.*\/approval approves or declines a run: no task replaces it/,
    );
    assert.match(remarks.join('\n'), /GET blueprints calls Port: no task replaces it/);
  });

  it('keeps the condition of its step', async () => {
    const [found] = await short(
      steps(
        step(
          `curl "${entities}?upsert=true&merge=true" -d '{"identifier":"a"}'`,
          '    condition: eq(variables.x, 1)\n',
        ),
      ),
    );
    assert.deepEqual(found, {
      task: 'PortUpsertEntity',
      condition: 'eq(variables.x, 1)',
      blueprint: 'service',
      identifier: 'a',
    });
  });

  it('loses what its task would refuse, with the reason that the task gives', async () => {
    const { replacement, steps: found } = await replaced(
      pipeline('bash', `curl "${entities}?upsert=true" -d '{"identifier":"two words","title":"x"}'`),
    );
    assert.equal(found[0]?.inputs.identifier, undefined);
    assert.match(
      replacement,
      /# identifier: Input identifier "two words" has characters that Port does not take/,
    );
  });

  it('gets no raw field: one line breaks no macro, and YAML of several lines gets JSON', async () => {
    const { steps: found, remarks } = await replaced(`steps:
  - bash: |
      curl -X POST "${entities}?upsert=true&merge=true" \\
        -d '{"identifier":"'"$ID"'","title":"A \${{ upper(parameters.title) }}","properties":{"owner":"'"$OWNER"'","note":"it'"'"'s: {\${{ parameters.a }}} \${{parameters.b}}","replicas":\${{ parameters.replicas }},"mixed":"$(x)\${{ parameters.a }}","list":["'"$OTHER"'"],"\${{ parameters.key }}":1}}'
    env:
      ID: \${{ parameters.port.properties.id }}
      OWNER: \${{ replace(parameters.port.properties.owner, '$(', '$ (') }}
`);
    const json = (field: string) => `\${{ replace(convertToJson(${field}), '$', '\\u0024') }}`;
    const inputs = found[0]?.inputs as Record<string, string>;
    assert.equal(inputs.identifier, "${{ replace(parameters.port.properties.id, '$(', '$ (') }}");
    assert.equal(inputs.title, "A ${{ replace(upper(parameters.title), '$(', '$ (') }}");
    assert.deepEqual(inputs.properties?.trimEnd().split('\n'), [
      `owner: ${json('parameters.port.properties.owner')}`,
      `note: ${json("format('it''s: {{{0}}} {1}', parameters.a, parameters.b)")}`,
      `replicas: ${json('parameters.replicas')}`,
      'list:',
      '  - $(OTHER)',
      `${json('parameters.key')}: 1`,
    ]);
    assert.match(remarks[0] ?? '', /lacks properties\.mixed: a macro stands beside a field/);
  });
});

describe('What calls say of a run', () => {
  const track = { task: 'PortRunStatus', status: 'track' };

  it('is one step at the top of the job, where they only say how it ended', async () => {
    const yaml = steps(
      step('./deploy.sh'),
      step(patch({ status: 'SUCCESS' })),
      step(patch({ status: 'FAILURE' }), '    condition: failed()\n'),
    );
    const { steps: found } = await replaced(yaml);
    assert.deepEqual(found, [
      { task: 'PortRunStatus@1', inputs: { portConnection: 'port', runId, status: 'track' } },
    ]);
  });

  it('keeps label, links, summary, log lines and external id, each in its place', async () => {
    const yaml = steps(
      step(
        `curl -X POST "${run}/logs" -d '{"message":"Begun"}'\n${patch({ statusLabel: 'Deploying', link: 'https://a.example', externalRunId: '$(Build.BuildId)' })}`,
      ),
      step('./deploy.sh'),
      step(patch({ statusLabel: 'Testing' })),
      step(
        patch({
          status: 'SUCCESS',
          statusLabel: 'Done',
          summary: 'Well',
          link: ['https://b.example', 'https://c.example'],
        }),
      ),
      step(patch({ status: 'FAILURE', statusLabel: 'Broken' }), '    condition: always()\n'),
    );
    assert.deepEqual(await short(yaml), [
      {
        ...track,
        statusLabel: 'Deploying',
        link: 'https://a.example\n',
        logMessage: 'Begun',
        externalRunId: '$(Build.BuildId)',
      },
      { task: 'PortRunStatus', status: 'inProgress', statusLabel: 'Testing' },
      {
        task: 'PortRunStatus',
        status: 'success',
        statusLabel: 'Done',
        link: 'https://b.example\nhttps://c.example\n',
        summary: 'Well',
      },
      { task: 'PortRunStatus', condition: 'failed()', status: 'failure', statusLabel: 'Broken' },
    ]);
  });

  it('takes the run id from any of the calls in which it can be read', async () => {
    const { steps: found } = await replaced(
      steps(
        step(
          `ID=$(jq -r .runId payload.json)\ncurl -X PATCH "${api}/actions/runs/$ID" -d '{"status":"SUCCESS"}'`,
        ),
        step(patch({ status: 'FAILURE' }), '    condition: failed()\n'),
      ),
    );
    assert.equal(found[0]?.inputs.runId, runId);
  });

  it('has a line in place of a run id that cannot be read', async () => {
    const { replacement } = await replaced(
      steps(
        step(
          `ID=$(jq -r .runId payload.json)\ncurl -X PATCH "${api}/actions/runs/$ID" -d '{"status":"SUCCESS"}'`,
        ),
      ),
    );
    assert.match(
      replacement,
      /# runId: the output of jq -r \.runId payload\.json\. Write what holds the run id/,
    );
    assert.doesNotMatch(replacement, /^ +runId:/m);
  });

  const powerShell = (uri: string) =>
    `Invoke-RestMethod -Method Patch -Uri ${uri} -Body '{"status":"SUCCESS"}'`;
  const cmd = (id: string) => `curl -X PATCH "${api}/actions/runs/${id}" -d "{\\"status\\":\\"SUCCESS\\"}"`;
  const environmentVariables: readonly [kind: string, script: string, macro?: string][] = [
    ['pwsh', powerShell(`"${api}/actions/runs/$env:RUN_ID"`)],
    ['pwsh', powerShell(`"${api}/actions/runs/$($env:RUN_ID)"`)],
    ['powershell', powerShell(`"${api}/actions/runs/\${env:RUN_ID}"`)],
    ['powershell', powerShell(`("${api}/actions/runs/" + $Env:RUN_ID)`)],
    ['powershell', powerShell(`"${api}/actions/runs/$env:runId"`), '$(runId)'],
    ['script', cmd('%RUN_ID%')],
    ['script', cmd('%run_id%'), '$(run_id)'],
  ];
  for (const [kind, script, expected = '$(RUN_ID)'] of environmentVariables) {
    it(`has the macro of a variable of the environment as run id: ${kind}: ${script}`, async () => {
      const { steps: found } = await replaced(`steps:\n  - ${kind}: |\n      ${script}\n`);
      assert.equal(found[0]?.inputs.runId, expected);
    });
  }

  it('follows the job where the script decides which end it was', async () => {
    const yaml = steps(
      step(
        `if ./deploy.sh; then S=SUCCESS; else S=FAILURE; fi\ncurl -X PATCH "${run}" -d '{"status":"'"$S"'"}'`,
      ),
    );
    assert.deepEqual(await short(yaml), [track]);
  });

  it('takes a status that a parameter gives', async () => {
    const yaml = `parameters:\n  - name: status\n${steps(step(`curl -X PATCH "${run}" -d '{"status":"\${{ parameters.status }}"}'`))}`;
    assert.deepEqual(await short(yaml), [{ task: 'PortRunStatus', status: '${{ parameters.status }}' }]);
  });

  const stage = (name: string, script: string, more = ''): string =>
    `  - stage: ${name}\n${more}    jobs:\n      - job: ${name}\n        steps:\n          - bash: |\n              ${script.replaceAll('\n', '\n              ')}\n`;

  it('comes back into the only job that works, from stages of their own', async () => {
    const yaml = `stages:\n${stage('token', `echo "##vso[task.setvariable variable=t;isOutput=true]$(curl -X POST ${api}/auth/access_token | jq -r .accessToken)"`)}${stage('work', './work.sh')}${stage('entity', `curl "${entities}?upsert=true&merge=true" -d '{"identifier":"a"}'`)}${stage('failed', patch({ status: 'FAILURE', statusLabel: 'Broken' }), '    condition: failed()\n')}`;
    assert.deepEqual(await short(yaml), [
      track,
      { task: 'PortUpsertEntity', blueprint: 'service', identifier: 'a' },
      { task: 'PortRunStatus', condition: 'failed()', status: 'failure', statusLabel: 'Broken' },
    ]);
    const { remarks } = await replaced(yaml);
    assert.deepEqual(remarks, [
      'the stage token, the stage entity and the stage failed: nothing is left to do there once the steps stand; remove them.',
    ]);
  });

  it('is judged by a stage behind all others, where several stages work', async () => {
    const yaml = `stages:\n${stage('build', './build.sh')}${stage('deploy', './deploy.sh')}${stage('ok', patch({ status: 'SUCCESS' }))}${stage('failed', patch({ status: 'FAILURE' }), '    condition: failed()\n')}`;
    const { steps: found } = await replaced(yaml);
    assert.deepEqual(found, [
      {
        stage: 'port_report',
        dependsOn: ['build', 'deploy'],
        condition: 'always()',
        jobs: [
          {
            job: 'port_report',
            steps: [
              { checkout: 'none' },
              {
                task: 'PortRunStatus@1',
                inputs: { portConnection: 'port', runId, status: 'auto', scope: 'pipeline' },
              },
            ],
          },
        ],
      },
    ] as unknown);
  });

  it('is judged by the job that reports either end, where several jobs work', async () => {
    const report = `if [ "$(result)" = Succeeded ]; then S=SUCCESS; else S=FAILURE; fi\ncurl -X PATCH "${run}" -d '{"status":"'"$S"'","statusLabel":"Tested"}'`;
    const job = (name: string, script: string, more = '') =>
      `  - job: ${name}\n${more}    steps:\n    ${step(script).trimStart().replaceAll('\n', '\n  ').trimEnd()}\n`;
    const yaml = `jobs:\n${job('build', 'make')}${job('test', 'make test')}${job('report', report, '    dependsOn: [build, test]\n    condition: always()\n')}`;
    assert.deepEqual(await short(yaml), [
      {
        task: 'PortRunStatus',
        condition: 'always()',
        status: 'auto',
        scope: 'pipeline',
        statusLabel: 'Tested',
      },
    ]);
  });

  it('is told by a job with an agent, where one without has told it', async () => {
    const { remarks } = await replaced(
      `jobs:\n  - job: tell\n    pool: server\n    steps:\n      - task: InvokeRESTAPI@1\n        inputs:\n          method: PATCH\n          urlSuffix: /v1/actions/runs/$(PORT_RUN_ID)\n          body: '{"status":"SUCCESS"}'\n`,
    );
    assert.match(remarks.join('\n'), /"pool: server" has no agent/);
  });
});
