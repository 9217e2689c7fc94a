import assert from 'node:assert/strict';
import { readDeployment, readService } from '../../../../tasks/common/port/deployment.ts';
import {
  attemptOf,
  identifierOf,
  identifierStart,
  pipelineRunId,
  stageOf,
} from '../../../../tasks/common/port/run-identifiers.ts';
import { FakeHost } from '../../../support/fake-host.ts';

type Variables = Readonly<Record<string, string>>;
const hostOf = (variables: Variables) => new FakeHost({ variables });

const build = { 'Build.BuildId': '42', 'Build.DefinitionName': 'web shop', 'Build.BuildNumber': '2026.3' };
const release = {
  ...build,
  'Release.ReleaseId': '7',
  'Release.DefinitionName': 'Web',
  'Release.ReleaseName': 'Release-7',
};

describe('A pipeline run', () => {
  const runs: readonly (readonly [
    what: string,
    variables: Variables,
    id: string | undefined,
    start: string | undefined,
  ])[] = [
    ['a build', build, '42', 'web-shop-42-'],
    ['a classic release, whatever build it has', release, '7', 'Web-7-'],
    ['a pipeline without a name', { 'Build.BuildId': ' 42 ' }, '42', 'pipeline-42-'],
    ['none', {}, undefined, undefined],
    ['one whose id is blank', { ...build, 'Build.BuildId': ' ' }, undefined, undefined],
  ];
  for (const [what, variables, id, start] of runs)
    it(`that is ${what} has the id ${String(id)}, and its entities begin with ${String(start)}`, () => {
      assert.deepEqual([pipelineRunId(hostOf(variables)), identifierStart(hostOf(variables))], [id, start]);
    });

  const stages: readonly (readonly [variables: Variables, stage: string | undefined])[] = [
    [{ 'System.StageName': ' Deploy ' }, 'Deploy'],
    [{ 'System.StageName': '__default' }, undefined],
    [{ 'System.StageName': ' ' }, undefined],
    [{}, undefined],
    [{ ...release, 'System.StageName': 'Deploy', 'Release.EnvironmentName': 'Prod' }, 'Prod'],
    [{ ...release, 'System.StageName': 'Deploy' }, undefined],
  ];
  for (const [variables, stage] of stages)
    it(`is in the stage ${String(stage)} by ${JSON.stringify(variables)}`, () => {
      assert.equal(stageOf(hostOf(variables)), stage);
    });

  const attempts: readonly (readonly [variables: Variables, attempt: number])[] = [
    [{}, 1],
    [{ 'System.StageAttempt': '2', 'System.JobAttempt': '1' }, 2],
    [{ 'System.StageAttempt': '1', 'System.PhaseAttempt': '3' }, 3],
    [{ 'Release.AttemptNumber': '4' }, 4],
    [{ 'System.JobAttempt': 'odd' }, 1],
    [{ 'System.JobAttempt': '0' }, 1],
  ];
  for (const [variables, attempt] of attempts)
    it(`is in attempt ${attempt} by ${JSON.stringify(variables)}`, () => {
      assert.equal(attemptOf(hostOf(variables)), attempt);
    });

  it('gives an identifier without what Port does not take of its parts', () => {
    assert.equal(identifierOf(['web shop', '!!!', '42', '']), 'web-shop-42');
  });
});

describe('What a pipeline run knows of the deployment that it is', () => {
  const read = (variables: Variables, payload?: Readonly<Record<string, unknown>>) =>
    readDeployment(hostOf(variables), payload);

  it('is an identifier and a title with the stage, if there are stages', () => {
    const named = (variables: Variables) => {
      const { identifier, title } = read(variables);
      return [identifier, title];
    };
    assert.deepEqual(named(build), ['web-shop-42', 'web shop 2026.3']);
    assert.deepEqual(named({ ...build, 'System.StageName': 'Deploy' }), [
      'web-shop-42-Deploy',
      'web shop 2026.3 Deploy',
    ]);
    assert.deepEqual(named({ ...release, 'Release.EnvironmentName': 'Prod' }), [
      'Web-7-Prod',
      'Web Release-7 Prod',
    ]);
  });

  it('is named a deployment where the pipeline has no name, and not at all where the run has none', () => {
    const { identifier, title } = read({ 'Build.BuildId': '42' });
    assert.deepEqual([identifier, title], ['deployment-42', undefined]);
    assert.deepEqual(read({}), { identifier: undefined, title: undefined, properties: {} });
  });

  it('has no property that is blank, or holds an expression that nothing replaced', () => {
    for (const imageTag of ['', '  ', '$(tag)'])
      assert.deepEqual(read({ ...build, imageTag }).properties, {});
  });

  it('has the properties that the pipeline tells', () => {
    const variables = {
      ...{ 'System.CollectionUri': 'https://dev.azure.com/acme/', 'System.TeamProject': 'shop' },
      ...{ 'Build.BuildId': '42', 'Build.SourceVersion': '7e10234', imageTag: ' 1.10 ' },
    };
    assert.deepEqual(read(variables).properties, {
      jobUrl: 'https://dev.azure.com/acme/shop/_build/results?buildId=42',
      commitSha: '7e10234',
      imageTag: '1.10',
    });
  });

  const payloads: readonly (readonly [payload: Readonly<Record<string, unknown>>, user: string])[] = [
    [{ trigger: { by: { user: { email: ' grace@example.com ' } } } }, 'grace@example.com'],
    [{ port_context: { user: 'grace@example.com' } }, 'grace@example.com'],
    [
      { trigger: { by: { user: { email: 'ada@example.com' } } }, port_context: { user: 'x' } },
      'ada@example.com',
    ],
    [{ port_context: { user: '  ' } }, 'requester@example.com'],
    [{ port_context: { user: 7 } }, 'requester@example.com'],
    [{}, 'requester@example.com'],
  ];
  for (const [payload, user] of payloads)
    it(`is deployed by ${user} with the payload ${JSON.stringify(payload)}`, () => {
      const { properties } = read({ 'Build.RequestedForEmail': 'requester@example.com' }, payload);
      assert.equal(properties.deployingUser, user);
    });

  const services: readonly (readonly [
    payload: Readonly<Record<string, unknown>> | undefined,
    service?: string,
  ])[] = [
    [{ properties: { service: ' checkout ' } }, 'checkout'],
    [{ payload: { properties: { service: 'checkout' } } }, 'checkout'],
    [{ properties: { service: ' ' }, payload: { properties: { service: 'cart' } } }, 'cart'],
    [{ properties: { service: 'My service' } }],
    [{ properties: { service: { identifier: 'checkout' } } }],
    [{}],
    [undefined],
  ];
  for (const [payload, service] of services)
    it(`is of ${service ?? 'no service'} with the payload ${JSON.stringify(payload)}`, () => {
      assert.equal(readService(payload), service);
    });
});
