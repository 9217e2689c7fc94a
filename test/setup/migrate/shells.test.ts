import assert from 'node:assert/strict';
import { inputsOf, pipeline, replaced } from './steps-of.ts';

const api = 'https://api.port.io/v1';
const upsert = `${api}/blueprints/service/entities?upsert=true&merge=true`;
const entity = { blueprint: 'service', identifier: 'checkout', properties: 'lang: go\n' };

/** Ways to send the same entity. */
const ways: readonly (readonly [how: string, yaml: string])[] = [
  [
    'the address first',
    pipeline('bash', `curl -X POST "${upsert}" -d '{"identifier":"checkout","properties":{"lang":"go"}}'`),
  ],
  [
    'the address last, over several lines',
    pipeline(
      'bash',
      `curl --silent --request POST \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{\n    "identifier": "checkout",\n    "properties": {"lang": "go"}\n  }' \\\n  --url "${upsert}"`,
    ),
  ],
  [
    'short options in one word, and --json',
    pipeline(
      'bash',
      `curl -sSfXPOST '${upsert}' --json '{"identifier":"checkout","properties":{"lang":"go"}}'`,
    ),
  ],
  [
    'escaped quotes',
    pipeline(
      'bash',
      `curl "${upsert}" -d "{\\"identifier\\": \\"checkout\\", \\"properties\\": {\\"lang\\": \\"go\\"}}"`,
    ),
  ],
  [
    'a here-document',
    pipeline(
      'bash',
      `L=go\ncurl -d @- "${upsert}" <<EOF\n{"identifier": "checkout", "properties": {"lang": "$L"}}\nEOF`,
    ),
  ],
  [
    'a file that the script writes',
    pipeline(
      'bash',
      `cat > e.json <<'EOF'\n{"identifier": "checkout", "properties": {"lang": "go"}}\nEOF\ncurl -d @e.json "${upsert}"`,
    ),
  ],
  [
    'a pipe',
    pipeline('bash', `echo '{"identifier":"checkout","properties":{"lang":"go"}}' | curl -d @- "${upsert}"`),
  ],
  [
    'jq',
    pipeline(
      'bash',
      `ID=checkout\nBODY=$(jq -n --arg id "$ID" --arg l go '{identifier: $id, properties: {lang: $l}}')\ncurl "${upsert}" --data "$BODY"`,
    ),
  ],
  [
    'printf',
    pipeline(
      'bash',
      `BODY=$(printf '{"identifier":"%s","properties":{"lang":"%s"}}' checkout go)\ncurl "${upsert}" --data-binary "$BODY"`,
    ),
  ],
  [
    'a function',
    pipeline(
      'bash',
      `send() {\n  curl -X POST "$1" -d "{\\"identifier\\":\\"$2\\",\\"properties\\":{\\"lang\\":\\"go\\"}}"\n}\nsend "${upsert}" checkout`,
    ),
  ],
  [
    'an array of options',
    pipeline(
      'bash',
      `OPTIONS=(-s -X POST -H "Accept: */*")\ncurl "\${OPTIONS[@]}" "${upsert}" -d '{"identifier":"checkout","properties":{"lang":"go"}}'`,
    ),
  ],
  [
    'a base address in a variable of the script',
    pipeline(
      'bash',
      `BASE="\${PORT_URL:-https://api.port.io}"\nBASE=https://api.port.io/v1\ncurl -X POST "$BASE/blueprints/service/entities?upsert=true&merge=true" -d '{"identifier":"checkout","properties":{"lang":"go"}}'`,
    ),
  ],
  [
    'a base address in a variable of the pipeline',
    `variables:\n  PORT_API: https://api.port.io/v1\n${pipeline('script', `curl -X POST "$(PORT_API)/blueprints/service/entities?upsert=true&merge=true" -d '{"identifier":"checkout","properties":{"lang":"go"}}'`)}`,
  ],
  [
    'a folded script',
    `steps:\n  - script: >\n      curl -X POST "${upsert}"\n      -d '{"identifier":"checkout","properties":{"lang":"go"}}'\n`,
  ],
  [
    'cmd',
    `pool: { vmImage: windows-latest }\nsteps:\n  - script: |\n      set ID=checkout\n      curl -X POST "${upsert}" ^\n        -d "{\\"identifier\\":\\"%ID%\\",\\"properties\\":{\\"lang\\":\\"go\\"}}"\n`,
  ],
  [
    'a hashtable',
    pipeline(
      'pwsh',
      `$body = @{ identifier = "checkout"; properties = @{ lang = 'go' } } | ConvertTo-Json -Depth 5\nInvoke-RestMethod -Uri "${upsert}" -Method POST -Headers @{ Authorization = "Bearer $token" } -Body $body`,
    ),
  ],
  [
    'splatting, and members set later',
    pipeline(
      'pwsh',
      `$entity = [ordered]@{ identifier = "checkout" }\n$entity.properties = @{ lang = "go" }\n$call = @{ Uri = "${upsert}"; Method = 'Post' }\n$call["Body"] = ConvertTo-Json $entity\nirm @call`,
    ),
  ],
  [
    'a here-string and -f',
    pipeline(
      'pwsh',
      `$body = @"\n{"identifier": "checkout", "properties": {"lang": "go"}}\n"@\nInvoke-WebRequest -Method:Post -Body $body -Uri ("{0}/blueprints/{1}/entities?upsert=true&merge=true" -f "${api}", "service")`,
    ),
  ],
  [
    'requests',
    pipeline(
      'python',
      `import requests\nBASE = "${api}"\nentity = {"identifier": "checkout"}\nentity["properties"] = {"lang": "go"}\nrequests.post(f"{BASE}/blueprints/service/entities", json=entity, params={"upsert": "true", "merge": "true"})`,
    ),
  ],
  [
    'urllib',
    pipeline(
      'python',
      `import json, urllib.request\nbody = json.dumps({"identifier": "checkout", "properties": {"lang": "go"}}).encode()\nrequest = urllib.request.Request("{}/blueprints/service/entities?upsert=true&merge=true".format("${api}"), data=body, method="POST")\nurllib.request.urlopen(request)`,
    ),
  ],
  [
    'a function of Python',
    pipeline(
      'python',
      `import requests\ndef send(identifier, lang="go"):\n    requests.post("${upsert}", data=json.dumps({"identifier": identifier, "properties": {"lang": lang}}))\nsend("checkout")`,
    ),
  ],
  [
    'InvokeRESTAPI',
    `steps:\n  - task: InvokeRESTAPI@1\n    inputs:\n      connectionType: connectedServiceName\n      serviceConnection: port-api\n      method: POST\n      urlSuffix: /v1/blueprints/service/entities?upsert=true&merge=true\n      body: '{"identifier":"checkout","properties":{"lang":"go"}}'\n`,
  ],
  [
    'an export of a classic pipeline',
    JSON.stringify({
      process: {
        phases: [
          {
            steps: [
              {
                task: { id: '6c731c3c-3c68-459a-a5c9-bde6e6595b5b' },
                inputs: {
                  targetType: 'inline',
                  script: `curl "${upsert}" -d '{"identifier":"checkout","properties":{"lang":"go"}}'`,
                },
              },
            ],
          },
        ],
      },
    }),
  ],
];

describe('An entity that a script writes', () => {
  for (const [how, yaml] of ways) {
    it(`becomes a step: ${how}`, async () => assert.deepEqual(await inputsOf(yaml), entity));
  }

  it('is read in a script of the repository, with the arguments that the step gives it', async () => {
    const yaml = `steps:\n  - task: Bash@3\n    inputs:\n      filePath: scripts/send.sh\n      arguments: checkout $(Build.BuildId)\n`;
    const file = `curl "${upsert}" -d "{\\"identifier\\":\\"$1\\",\\"title\\":\\"$2\\"}"\n`;
    assert.deepEqual(await inputsOf(yaml, { 'scripts/send.sh': file }), {
      blueprint: 'service',
      identifier: 'checkout',
      title: '$(Build.BuildId)',
    });
  });

  it('is looked for in vain in a script that is not there, and that is said', async () => {
    const { calls, remarks } = await replaced(
      'steps:\n  - task: PythonScript@0\n    inputs: { scriptSource: filePath, scriptPath: main.py }\n',
    );
    assert.deepEqual(calls, []);
    assert.match(remarks.join('\n'), /^line 3: main\.py is not read/);
  });
});

describe('A variable in a call', () => {
  const identifier = async (yaml: string) => (await inputsOf(yaml)).identifier;
  const send = (name: string) => `curl "${upsert}" -d '{"identifier":"'"${name}"'"}'`;

  for (const [what, yaml, expected] of [
    [
      'predefined',
      pipeline('bash', send('$BUILD_BUILDID-${BUILD_SOURCEVERSION}')),
      '$(Build.BuildId)-$(Build.SourceVersion)',
    ],
    [
      'of the step',
      pipeline('bash', send('$ID'), '    env:\n      ID: ${{ parameters.port.properties.id }}\n'),
      "${{ replace(parameters.port.properties.id, '$(', '$ (') }}",
    ],
    [
      'of the step, from one of the pipeline',
      `variables:\n  id: \${{ parameters.port.properties.id }}\n${pipeline('bash', send('$ID'), '    env:\n      ID: $(id)\n')}`,
      "${{ replace(parameters.port.properties.id, '$(', '$ (') }}",
    ],
    [
      'of the pipeline',
      `variables:\n  - name: serviceId\n    value: checkout\n${pipeline('bash', send('$SERVICEID'))}`,
      '$(serviceId)',
    ],
    [
      'that another step sets',
      pipeline('bash', send('$TAG'), '  - bash: echo "##vso[task.setvariable variable=tag]x"\n'),
      '$(tag)',
    ],
    [
      'of PowerShell',
      pipeline(
        'pwsh',
        `Invoke-RestMethod -Method Post -Uri "${upsert}" -Body (@{ identifier = "build-$env:BUILD_BUILDID $($env:id)" } | ConvertTo-Json)`.replace(
          ' $($env:id)',
          '',
        ),
      ),
      'build-$(Build.BuildId)',
    ],
    [
      'of Python',
      pipeline(
        'python',
        `import os, requests\nrequests.post("${upsert}", json={"identifier": f"build-{os.environ['BUILD_BUILDID']}"})`,
      ),
      'build-$(Build.BuildId)',
    ],
    [
      'of cmd',
      `pool: { vmImage: windows-2022 }\nsteps:\n  - script: 'curl "${upsert}" -d "{\\"identifier\\":\\"%BUILD_BUILDID%\\"}"'\n`,
      '$(Build.BuildId)',
    ],
  ] as const) {
    it(`is named as an input names it: ${what}`, async () => assert.equal(await identifier(yaml), expected));
  }

  for (const [what, yaml, why] of [
    [
      'the output of a command',
      pipeline('bash', `ID=$(git describe)\n${send('$ID')}`),
      /the output of git describe/,
    ],
    [
      'set in more than one way',
      pipeline('bash', `if test -f x; then ID=a; else ID=b; fi\n${send('$ID')}`),
      /more than one way/,
    ],
    ['in a case that scripts do not see', pipeline('bash', send('$serviceId')), /nothing in the file gives/],
    [
      'written as a macro',
      pipeline('bash', `id=a\ncurl "${upsert}" -d '{"identifier":"$(id)"}'`),
      /no macro/,
    ],
    [
      'what PowerShell computes',
      pipeline(
        'pwsh',
        `$id = $name.ToLower()\nirm "${upsert}" -Method Post -Body (@{ identifier = $id } | ConvertTo-Json)`,
      ),
      /ToLower/,
    ],
    [
      'what Python computes',
      pipeline('python', `import requests\nrequests.post("${upsert}", json={"identifier": name.lower()})`),
      /name\.lower\(\)/,
    ],
  ] as const) {
    it(`is a line that says what is missing, and no value: ${what}`, async () => {
      const { replacement, remarks, steps } = await replaced(yaml);
      assert.equal(steps[0]?.inputs.identifier, undefined);
      assert.match(/^ +# identifier: (.*)$/m.exec(replacement)?.[1] ?? '', why);
      assert.ok(remarks.some((remark) => remark.includes('PortUpsertEntity@1 lacks identifier')));
    });
  }

  it('that nothing in the file sets is told, where it is taken for one of the pipeline', async () => {
    const { remarks, steps } = await replaced(pipeline('bash', send('$SERVICE_ID')));
    assert.equal(steps[0]?.inputs.identifier, '$(SERVICE_ID)');
    assert.deepEqual(remarks, [
      'SERVICE_ID: set nowhere in this file, so taken for a variable of the pipeline.',
    ]);
  });
});
