import assert from 'node:assert/strict';
import { readPipelineContext } from '../../../../tasks/common/agent/pipeline-context.ts';
import { FakeHost } from '../../../support/fake-host.ts';

const build = {
  'System.CollectionUri': 'https://dev.azure.com/my-org/',
  'System.TeamProject': 'My Project',
  'System.TeamProjectId': 'p1',
  'System.DefinitionId': '7',
  'Build.BuildId': '42',
  'Build.BuildNumber': '20260101.1',
  'Build.RequestedFor': 'Some Body',
};

const release = {
  ...build,
  'Release.ReleaseId': '9',
  'Release.DefinitionId': '3',
  'Release.ReleaseName': 'Release-9',
  'Release.EnvironmentName': 'Production',
  'Release.ReleaseWebURL': 'https://dev.azure.com/my-org/p1/_release?releaseId=9',
};

const contextOf = (variables: Record<string, string>) => readPipelineContext(new FakeHost({ variables }));

describe('the context of a pipeline run', () => {
  it('has the page of the run, its external id and its number', () => {
    const { url, externalRunId, number, isRelease } = contextOf(build);
    assert.equal(url, 'https://dev.azure.com/my-org/My%20Project/_build/results?buildId=42');
    assert.equal(externalRunId, 'ado_p1_7_42');
    assert.equal(number, '20260101.1');
    assert.equal(isRelease, false);
  });

  it('has the page and an id of its own for a classic release', () => {
    const { url, externalRunId, number, stage } = contextOf(release);
    assert.equal(url, 'https://dev.azure.com/my-org/p1/_release?releaseId=9');
    assert.equal(externalRunId, 'ado_p1_release_3_9');
    assert.equal(number, 'Release-9');
    assert.equal(stage, 'Production');
  });

  it('makes the page of a release where the agent does not tell it', () => {
    const { 'Release.ReleaseWebURL': page, ...older } = release;
    assert.ok(page);
    assert.match(contextOf(older).url ?? '', /\/_releaseProgress\?_a=release-pipeline-progress&releaseId=9$/);
  });

  it('prefers the e-mail of the person that the run is for', () => {
    assert.equal(contextOf(build).requestedFor, 'Some Body');
    assert.equal(
      contextOf({ ...build, 'Build.RequestedForEmail': 'dev@example.com' }).requestedFor,
      'dev@example.com',
    );
  });

  it('has nothing outside a pipeline', () => {
    const { url, externalRunId } = contextOf({});
    assert.deepEqual([url, externalRunId], [undefined, undefined]);
  });
});
