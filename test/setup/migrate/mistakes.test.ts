import assert from 'node:assert/strict';
import { analyse } from '../../../setup/migrate/analysis.ts';

/** Lines and rules of a pipeline's mistakes. */
async function rulesIn(yaml: string): Promise<string[]> {
  const { mistakes } = await analyse(yaml, 'test.yml');
  return mistakes.map(({ line, rule }) => `${line} ${rule}`);
}

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
    'steps:\n  - script: curl --fail -X POST "https://api.port.io/v1/blueprints/service/entities?upsert=true"\n',
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
    'a field that comes by a variable of the pipeline',
    `variables:
  NAME: "\${{ parameters.port.properties.name }}"
  RUN: "\${{ parameters.port.port_context.runId }}"
steps:
  - script: |
      curl --fail -X PATCH "https://api.port.io/v1/actions/runs/$(RUN)" -d '{"statusLabel":"\${{ variables.NAME }}"}'
      curl --fail -X PATCH "https://api.port.io/v1/actions/runs/$(RUN)" -d '{"statusLabel":"$(NAME)"}'
`,
    ['6 injection', '7 injection'],
  ],
  [
    'a field that cmd reads as code, although it comes through env or a variable',
    `variables:
  teamName: "\${{ parameters.port.properties.team }}"
  REGION: westeurope
pool: { vmImage: windows-latest }
steps:
  - script: |
      curl --fail -X PATCH https://api.port.io/v1/actions/runs/%RUN% -d "{\\"statusLabel\\":\\"%LABEL%\\"}"
      echo %label:~0,9% in %REGION%
      echo %TeamName%
      echo %PATH%
    env:
      LABEL: \${{ replace(parameters.port.properties.name, '$(', '$ (') }}
      RUN: \${{ parameters.port.port_context.runId }}
`,
    ['7 injection', '8 injection', '9 injection'],
  ],
  [
    'a field that PowerShell and Bash read as text',
    `pool: { vmImage: windows-latest }
steps:
  - pwsh: |
      Invoke-RestMethod https://api.port.io/v1/actions/runs/$env:RUN/logs -Method Post -Body $env:TEXT
    env:
      TEXT: \${{ replace(parameters.port.properties.name, '$(', '$ (') }}
  - bash: |
      curl --fail https://api.port.io/v1/actions/runs/$RUN/logs -d "$TEXT"
    env:
      TEXT: \${{ replace(parameters.port.properties.name, '$(', '$ (') }}
`,
    [],
  ],
  [
    'a tool that a step of its own installs',
    'steps:\n  - bash: sudo apt-get install -y jq\n  - bash: curl -f https://api.port.io/v1/auth/access_token\n',
    ['2 installs-tools'],
  ],
  [
    'a tool that other work needs as well, which is no mistake',
    'steps:\n  - bash: sudo apt-get install -y jq\n  - bash: jq . package.json\n  - bash: curl -f https://api.port.io/v1/auth/access_token\n',
    [],
  ],
  [
    'the old host where nothing is called by hand',
    'steps:\n  - script: docker run -e BASE_URL=https://api.getport.io image\n',
    ['2 old-host'],
  ],
  [
    'an end that a variable of the script decides, which may be either',
    `steps:
  - bash: |
      if ./deploy.sh; then STATUS=SUCCESS; else STATUS=FAILURE; fi
      curl --fail -X PATCH "https://api.port.io/v1/actions/runs/$RUN" -d "{\\"status\\":\\"$STATUS\\"}"
    condition: always()
`,
    [],
  ],
  [
    'scripts that have nothing to do with Port',
    'steps:\n  - script: curl https://example.com/${{ parameters.x }}\n',
    [],
  ],
];

describe('A mistake of a pipeline', () => {
  for (const [what, yaml, expected] of cases) {
    it(`is found: ${what}`, async () => assert.deepEqual(await rulesIn(yaml), expected));
  }
});
