import assert from 'node:assert/strict';
import { failureEntity } from '../../../../tasks/PortRunStatus/failure/failure-entity.ts';
import type { Failure } from '../../../../tasks/PortRunStatus/pipeline/failure-details.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { type Given, record } from '../record.ts';

const variables = {
  ...{ 'Build.BuildId': '42', 'Build.DefinitionName': 'deploy', 'System.JobId': 'job' },
  ...{
    'System.StageName': 'Report',
    'System.StageDisplayName': 'Report it',
    'System.JobDisplayName': 'Mine',
  },
  ...{ 'System.PhaseName': 'all', 'System.JobName': 'mine' },
};
const stage = { id: 'stage', type: 'Stage', name: 'Deploy it' };
const job = { id: 'job', type: 'Job', name: 'East', identifier: 'Deploy.all.east' };
const step = { id: 'step', type: 'Task', name: 'helm upgrade', taskName: 'Bash', taskVersion: '3.237.1' };

interface Played {
  readonly line?: readonly [Given, ...Given[]];
  readonly errors?: readonly string[];
  readonly log?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** Of a step `helm upgrade` of this job; its text is clean where it holds no "hunter2". */
const entityOf = ({ line = [step, job, stage], errors = ['no quota'], log = [], ...played }: Played = {}) => {
  const [first, ...others] = line;
  const failure: Failure = {
    ...{ place: 'Deploy it › helm upgrade', errors, url: undefined },
    line: [record({ ...first, errors }), ...others.map(record)],
  };
  return failureEntity(
    new FakeHost({ variables: { ...variables, ...played.variables } }),
    { failure, log },
    {
      runId: { kind: 'action', id: 'r_1' },
      clean: (text) => text.replaceAll('hunter2', '***'),
      now: Date.parse('2026-03-02T10:00:00Z'),
    },
  );
};
const propertiesOf = (played: Played): Readonly<Record<string, unknown>> =>
  Object.fromEntries(entityOf(played)?.properties ?? []);

describe('The entity of a failure', () => {
  it('is none outside of a pipeline run', () => {
    assert.equal(entityOf({ variables: { 'Build.BuildId': '' } }), undefined);
  });

  it('has the properties that are known, and no others', () => {
    const names = (played: Played) => entityOf(played)?.properties.map(([name]) => name);
    const ofStep = ['pipeline', 'stage', 'job', 'step', 'task', 'errors', 'fingerprint'];
    const ofRun = ['attempt', 'runId', 'createdAt'];
    assert.deepEqual(names({}), [...ofStep, ...ofRun]);
    assert.deepEqual(
      names({ errors: [] }),
      [...ofStep, ...ofRun].filter((name) => name !== 'errors'),
    );
  });

  it('is none of a step where a job failed without one', () => {
    const { step: none, task, stage: place, job: name, errors } = propertiesOf({ line: [job, stage] });
    assert.deepEqual(
      [none, task, place, name, errors],
      [undefined, undefined, 'Deploy it', 'East', ['no quota']],
    );
  });

  it('names a task whose version is not known without one', () => {
    assert.equal(propertiesOf({ line: [{ ...step, taskVersion: undefined }, job] }).task, 'Bash');
  });

  it('names the stage and job of this step where the timeline has none', () => {
    const { stage: place, job: name } = propertiesOf({ line: [step] });
    assert.deepEqual([place, name], ['Report it', 'Mine']);
  });

  it('of this job has the same identifier whatever the timeline calls the job', () => {
    for (const line of [[step, job, stage], [step]] as const)
      assert.equal(entityOf({ line })?.identifier, 'deploy-42-Report-all-mine');
    const other = { ...job, id: 'other' };
    assert.equal(entityOf({ line: [step, other, stage] })?.identifier, 'deploy-42-Deploy-all-east');
  });

  it('has no secret in any of its texts', () => {
    const entity = entityOf({
      line: [
        { ...step, name: 'hunter2' },
        { ...job, name: 'hunter2' },
        { ...stage, name: 'hunter2' },
      ],
      ...{ errors: ['hunter2'], log: ['hunter2'] },
      variables: { 'Build.SourceBranch': 'hunter2', 'Build.Repository.Name': 'hunter2' },
    });
    assert.doesNotMatch(JSON.stringify(entity), /hunter2/);
  });

  it('has the fingerprint of the ten errors that are shown', () => {
    const errors = Array.from({ length: 10 }, (_, index) => `wrong ${'x'.repeat(index)}`);
    const { fingerprint } = propertiesOf({ errors });
    assert.equal(propertiesOf({ errors: [...errors, 'one more'] }).fingerprint, fingerprint);
    assert.notEqual(propertiesOf({ errors: errors.slice(1) }).fingerprint, fingerprint);
  });

  for (const [what, log, excerpt] of [
    ['is whole up to 8000 characters', ['x'.repeat(8000)], 'x'.repeat(8000)],
    ['ends with its last words, not with blank lines', ['', 'one', 'two', '', ' '], 'one\ntwo'],
    ['is cut at its beginning', [`ab${'x'.repeat(7999)}`], `…${'x'.repeat(7999)}`],
    ['has no half of a letter at the cut', [`a😀😀${'x'.repeat(7996)}`], `…😀${'x'.repeat(7996)}`],
    ['has the letter after the cut whole', [`ab😀${'x'.repeat(7997)}`], `…😀${'x'.repeat(7997)}`],
  ] as const)
    it(`has an excerpt of the log that ${what}`, () => {
      assert.equal(propertiesOf({ log }).logExcerpt, excerpt);
    });
});
