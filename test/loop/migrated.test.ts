import assert from 'node:assert/strict';
import { analyse } from '../../setup/migrate/analysis.ts';
import { changed } from '../../setup/migrate/write/apply.ts';
import { type Bench, startBench, webhook } from '../support/loop-run.ts';

const run = 'https://api.port.io/v1/actions/runs/${{ parameters.port.port_context.runId }}';
const entities = 'https://api.port.io/v1/blueprints/deployment/entities?upsert=true&merge=true';

/** A pipeline as somebody wrote it by hand, changed by migrate-check, in the loop. */
async function migrated(yaml: string): Promise<Bench> {
  const whole = `${webhook}${yaml}`;
  const change = changed(whole, await analyse(whole, 'deploy.yml'));
  assert.ok('text' in change, JSON.stringify(change));
  assert.doesNotMatch(change.text, /api\.port\.io|curl|Invoke-RestMethod|requests/);
  return startBench(change.text);
}

const deployment = (bench: Bench, identifier: string) =>
  bench.loop.port.store.entity('deployment', identifier)?.properties;

describe('A pipeline that migrate-check changed', () => {
  let bench: Bench | undefined;
  afterEach(async () => {
    await bench?.close();
    bench = undefined;
  });

  const oneJob = (work: string): string => `
steps:
  - bash: |
      curl -X POST "${run}/logs" -d '{"message":"Begun"}'
      curl -X PATCH "${run}" -d '{"statusLabel":"Deploying","link":"https://a.example/"}'
  - bash: ${work}
  - bash: |
      TAG=1.10
      curl -X POST "${entities}" -d '{"identifier":"build-'"$BUILD_BUILDID"'","properties":{"imageTag":"'"$TAG"'"}}'
      curl -X PATCH "${run}" -d '{"status":"SUCCESS","statusLabel":"Shipped"}'
  - bash: |
      curl -X PATCH "${run}" -d '{"status":"FAILURE","statusLabel":"Not shipped"}'
    condition: failed()
`;

  it('leaves label, link, log line, entity and SUCCESS, as its calls did', async () => {
    bench = await migrated(oneJob('echo deploying'));
    const { runId, build } = await bench.run();
    const { status, statusLabel, link } = bench.portRun(runId);
    assert.deepEqual([build.result, status, statusLabel], ['succeeded', 'SUCCESS', 'Shipped']);
    assert.ok([link].flat().includes('https://a.example/'));
    assert.match(bench.logText(runId), /Begun/);
    assert.deepEqual(deployment(bench, `build-${build.id}`), { imageTag: '1.10' });
  });

  it('leaves FAILURE with its label, and no entity, where the work fails', async () => {
    bench = await migrated(oneJob('exit 1'));
    const { runId, build } = await bench.run();
    const { status, statusLabel } = bench.portRun(runId);
    assert.deepEqual([build.result, status, statusLabel], ['failed', 'FAILURE', 'Not shipped']);
    assert.equal(deployment(bench, `build-${build.id}`), undefined);
  });

  const stages = (deploy: string): string => `
stages:
  - stage: token
    jobs:
      - job: token
        steps:
          - bash: echo "##vso[task.setvariable variable=t;isOutput=true]$(curl -X POST https://api.port.io/v1/auth/access_token | jq -r .accessToken)"
            name: get
  - stage: build
    dependsOn: token
    jobs:
      - job: build
        steps:
          - bash: echo building
  - stage: deploy
    dependsOn: [token, build]
    variables:
      t: $[ stageDependencies.token.token.outputs['get.t'] ]
    jobs:
      - job: deploy
        steps:
          - bash: ${deploy}
          - bash: |
              curl -X POST "${entities}" -H "Authorization: Bearer $(t)" -d "{\\"identifier\\":\\"staged\\",\\"properties\\":{\\"imageTag\\":\\"$(Build.BuildId)\\"}}"
  - stage: ok
    dependsOn: [token, deploy]
    jobs:
      - job: ok
        steps:
          - bash: curl -X PATCH "${run}" -d '{"status":"SUCCESS"}'
  - stage: failed
    dependsOn: [token, deploy]
    condition: failed()
    jobs:
      - job: failed
        steps:
          - bash: curl -X PATCH "${run}" -d '{"status":"FAILURE"}'
`;

  it('ends the run behind its last stage, where several stages work', async () => {
    bench = await migrated(stages('echo deploying'));
    const { runId, build } = await bench.run();
    assert.deepEqual([build.result, bench.portRun(runId).status], ['succeeded', 'SUCCESS']);
    assert.deepEqual(deployment(bench, 'staged'), { imageTag: String(build.id) });
  });

  it('says which stage failed', async () => {
    bench = await migrated(stages('exit 1'));
    const { runId } = await bench.run();
    const { status, statusLabel } = bench.portRun(runId);
    assert.equal(status, 'FAILURE');
    assert.match(String(statusLabel), /^Failed at deploy › /);
  });

  it('has its stages for Port in the job that works', async () => {
    const guide = (work: string) => `
stages:
  - stage: work
    jobs:
      - job: work
        steps:
          - bash: ${work}
  - stage: entity
    dependsOn: work
    jobs:
      - job: entity
        steps:
          - task: PythonScript@0
            inputs:
              scriptSource: inline
              script: |
                import requests
                requests.post("${entities}", json={"identifier": "from-python", "properties": {"imageTag": "$(Build.BuildId)"}})
  - stage: told
    dependsOn: entity
    jobs:
      - job: told
        steps:
          - pwsh: |
              $body = @{ status = "SUCCESS"; statusLabel = "Scaffolded" } | ConvertTo-Json
              Invoke-RestMethod -Method Patch -Uri "${run}" -Body $body
`;
    bench = await migrated(guide('echo working'));
    const { runId, build } = await bench.run();
    const { status, statusLabel } = bench.portRun(runId);
    assert.deepEqual([status, statusLabel], ['SUCCESS', 'Scaffolded']);
    assert.deepEqual(deployment(bench, 'from-python'), { imageTag: String(build.id) });
    await bench.close();
    bench = await migrated(guide('exit 1'));
    const failed = await bench.run();
    assert.equal(bench.portRun(failed.runId).status, 'FAILURE');
  });
});
