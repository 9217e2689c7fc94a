import assert from 'node:assert/strict';
import { deploymentIdentifier } from '../../../../tasks/PortDeployment/entity/identifier.ts';
import { identifierProblem } from '../../../../tasks/common/port/identifiers.ts';
import { identifierStart } from '../../../../tasks/common/port/run-identifiers.ts';

const build = { 'Build.BuildId': '42', 'Build.DefinitionName': 'shop', 'System.StageName': 'Deploy' };
const release = {
  ...{ 'Release.ReleaseId': '7', 'Release.DefinitionName': 'shop', 'Release.EnvironmentName': 'Prod' },
  ...{ 'Build.BuildId': '42', 'Build.DefinitionName': 'shop CI' },
};
const leg = { 'System.TotalJobsInPhase': '2', 'System.JobName': 'east' };

const cases: readonly (readonly [
  what: string,
  variables: Readonly<Record<string, string>>,
  environment: string,
  identifier: string | undefined,
])[] = [
  ['a stage', build, 'Production', 'shop-42-Deploy-Production'],
  ['a pipeline without stages', { ...build, 'System.StageName': '__default' }, 'test', 'shop-42-test'],
  [
    'the first attempt',
    { ...build, 'System.StageAttempt': '1', 'System.JobAttempt': '1' },
    'test',
    'shop-42-Deploy-test',
  ],
  [
    'the second attempt of a stage',
    { ...build, 'System.StageAttempt': '2' },
    'test',
    'shop-42-Deploy-test-2',
  ],
  [
    'the third attempt of a job',
    { ...build, 'System.StageAttempt': '1', 'System.JobAttempt': '3' },
    'test',
    'shop-42-Deploy-test-3',
  ],
  ['a leg of a matrix', { ...build, ...leg }, 'Production', 'shop-42-Deploy-Production-east'],
  ['a leg that is the environment', { ...build, ...leg }, 'east', 'shop-42-Deploy-east'],
  [
    'a leg in its second attempt',
    { ...build, ...leg, 'System.StageAttempt': '2' },
    'Production',
    'shop-42-Deploy-Production-east-2',
  ],
  [
    'a deployment job',
    { ...build, 'System.TotalJobsInPhase': '1', 'System.JobName': 'Deploy' },
    'Production',
    'shop-42-Deploy-Production',
  ],
  [
    'names with signs that Port refuses',
    { ...build, 'Build.DefinitionName': 'web shop (EU) / deploy', 'System.StageName': 'Go!' },
    'Pro duction #1',
    'web-shop-EU-deploy-42-Go-Pro-duction-1',
  ],
  ['letters of any script', { ...build, 'Build.DefinitionName': 'Läden' }, '本番', 'Läden-42-Deploy-本番'],
  ['an environment of signs alone', build, '!!!', 'shop-42-Deploy'],
  ['a classic release', release, 'Production', 'shop-7-Prod-Production'],
  [
    'a classic release that is deployed again',
    { ...release, 'Release.AttemptNumber': '2' },
    'Production',
    'shop-7-Prod-Production-2',
  ],
  ['no pipeline run', {}, 'Production', undefined],
];

describe('The identifier of a deployment', () => {
  for (const [what, variables, environment, identifier] of cases) {
    it(`of ${what} is ${identifier ?? 'none'}`, () => {
      const host = { variable: (name: string): string | undefined => variables[name] };
      const found = deploymentIdentifier(host, environment);
      assert.equal(found, identifier);
      if (found === undefined) return;
      assert.equal(identifierProblem(found), undefined);
      assert.ok(found.startsWith(identifierStart(host) ?? 'none'));
    });
  }
});
