import assert from 'node:assert/strict';
import {
  fitNamed,
  propertyKeys,
  readNames,
  relationKeys,
} from '../../../../tasks/PortDeployment/entity/names.ts';
import { InputReader } from '../../../../tasks/common/inputs/input-reader.ts';

function read(text: string) {
  const reader = new InputReader({ input: () => text });
  const names = readNames(reader, 'propertyNames', propertyKeys);
  return { names, problems: reader.problems };
}

describe('The names of properties', () => {
  it("are the task's own where nothing else is given", () => {
    const { names, problems } = read('');
    assert.deepEqual(names, Object.fromEntries(propertyKeys.map((key) => [key, key])));
    assert.deepEqual(problems, []);
  });

  it('are those that the input gives, as they were written, in YAML and JSON', () => {
    for (const text of [
      'leadTimeHours: lead_time\ncreatedAt: 007',
      '{"leadTimeHours":"lead_time","createdAt":"007"}',
    ]) {
      const { names, problems } = read(text);
      assert.deepEqual(
        [names.leadTimeHours, names.createdAt, names.environment],
        ['lead_time', '007', 'environment'],
      );
      assert.deepEqual(problems, []);
    }
  });

  it('leave out what has none', () => {
    for (const text of ['jobUrl:', 'jobUrl: null', 'jobUrl: ~', 'jobUrl: ""'])
      assert.deepEqual([read(text).names.jobUrl, read(text).problems], [undefined, []]);
  });

  const wrong: readonly (readonly [text: string, problem: RegExp])[] = [
    ['leadTime: x', /Input propertyNames has "leadTime"\. Rename any of: createdAt, environment/],
    ['jobUrl: [a]', /the name for jobUrl must be text/],
    ['jobUrl: url\ncommitSha: url', /gives the name "url" twice/],
    ['jobUrl: commitSha', /gives the name "commitSha" twice/],
    ['- a', /must be one YAML or JSON object/],
  ];
  for (const [text, problem] of wrong) {
    it(`are refused where they are ${JSON.stringify(text)}`, () => {
      assert.match(read(text).problems.join('\n'), problem);
    });
  }

  it('of relations are three', () => {
    const reader = new InputReader({ input: () => 'pullRequest: pulls' });
    assert.deepEqual(readNames(reader, 'relationNames', relationKeys), {
      ...{ service: 'service', pullRequest: 'pulls', workItem: 'workItem' },
    });
  });
});

describe('What a blueprint takes of a deployment', () => {
  const { names } = read('commitSha: sha\njobUrl:');
  const values = {
    environment: 'production',
    deploymentStatus: 'Success',
    commitSha: 'abc',
    jobUrl: 'x',
    commitCount: 0,
  };

  it('goes under its own names, and what it lacks is left out and told', () => {
    const schemas = { environment: {}, sha: {}, commitCount: {} };
    assert.deepEqual(fitNamed(values, names, schemas), {
      properties: { environment: 'production', sha: 'abc', commitCount: 0 },
      lacking: ['deploymentStatus'],
    });
  });

  it('is written as its list of words writes it', () => {
    const schemas = {
      environment: { type: 'string', enum: ['Production', 'Staging'] },
      deploymentStatus: { type: 'string', enum: ['ok', 'broken'] },
    };
    const { properties } = fitNamed(values, names, schemas);
    assert.deepEqual(properties, { environment: 'Production', deploymentStatus: 'Success' });
  });

  it('is no name that every object has', () => {
    const names = read('environment: constructor').names;
    assert.deepEqual(fitNamed({ environment: 'a' }, names, {}).lacking, ['constructor']);
  });
});
