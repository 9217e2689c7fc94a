import assert from 'node:assert/strict';
import { type ReportSetting, startReportSetting } from './setting.ts';

describe('Input pick of PortRunStatus', () => {
  let setting: ReportSetting;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());

  const pick = async (properties: Readonly<Record<string, unknown>>, lines: string, more = {}) => {
    const runId = await setting.startRun();
    const payload = JSON.stringify({ port_context: { runId }, properties });
    const ran = await setting.run({ payload, pick: lines, ...more });
    return { ...ran, runId };
  };

  const kept: readonly (readonly [what: string, value: unknown, output: string])[] = [
    ['text', '1.10', '1.10'],
    ['a number', 3, '3'],
    ['a boolean', false, 'false'],
    ['a list', ['a', 1], '["a",1]'],
    ['an object', { cpu: '500m' }, '{"cpu":"500m"}'],
    ['null', null, ''],
    ['quotes', `"; rm -rf / ' \``, `"; rm -rf / ' \``],
    ['line breaks', 'a\r\nb\n', 'a\r\nb\n'],
    ["cmd's % and &", '%PATH% & calc %0A%25', '%PATH% & calc %0A%25'],
    ['an expression that is evaluated in definitions alone', '$[variables.x]', '$[variables.x]'],
    ['an expression of templates', '${{ x }}', '${{ x }}'],
  ];
  for (const [what, value, output] of kept) {
    it(`gives out ${what}`, async () => {
      const { result, outputs, host, runId } = await pick({ value }, 'it = properties.value');
      assert.deepEqual([result, outputs.it, outputs.runId], ['Succeeded', output, runId]);
      assert.deepEqual(host.warnings, []);
    });
  }

  const command = '##vso[task.setvariable variable=x]y';
  const dropped: readonly (readonly [what: string, value: string, problem: RegExp])[] = [
    ['a command of the agent', command, /holds a command of the agent/],
    ['a command in a later line', `a\n b ${command}`, /holds a command of the agent/],
    ['a command with signs that are not seen', `#\u200b${command.slice(1)}`, /holds a command of the agent/],
    ['a command in other letters', command.toUpperCase(), /holds a command of the agent/],
    ['formatting', '##[error]x', /holds a command of the agent/],
    ['a macro', 'a $(System.AccessToken) b', /holds \$\(\.\.\.\)/],
    ['131,000 characters', 'x'.repeat(131_000), /has 131000 characters/],
  ];
  for (const [what, value, problem] of dropped) {
    it(`leaves the output empty where the value is ${what}, and warns`, async () => {
      const { result, outputs, host } = await pick({ value }, 'it = properties.value');
      assert.deepEqual([result, outputs.it], ['Succeeded', '']);
      assert.equal(host.warnings.length, 1);
      assert.match(host.warnings[0] ?? '', /^Output it is empty: properties\.value /);
      assert.match(host.warnings[0] ?? '', problem);
      assert.ok(!host.lines.join('\n').includes('##vso['));
    });
  }

  it('escapes commands and macros inside lists and objects, which stay the same JSON', async () => {
    const value = { [command]: ['$(System.AccessToken)', `#${command}`, '$$(x)', '##[group]'] };
    const { outputs } = await pick({ value }, 'it = properties.value');
    assert.deepEqual(JSON.parse(outputs.it ?? ''), value);
    assert.doesNotMatch(outputs.it ?? '', /##(vso)?\[|\$\(/);
  });

  it('sets an output for a value that is not there, and says so', async () => {
    const { result, outputs, host } = await pick(
      {},
      'a = properties.imageTag\nb = __proto__.x\nc = port_context',
    );
    assert.deepEqual([result, outputs.a, outputs.b], ['Succeeded', '', '']);
    assert.match(outputs.c ?? '', /^\{"runId":"r_/);
    assert.ok(host.lines.includes('Output a is empty: the payload has no properties.imageTag.'));
  });

  for (const payload of ['', '""', '[]', '$(payload)']) {
    it(`sets empty outputs and says so once where the payload is ${JSON.stringify(payload)}`, async () => {
      const { result, outputs, host } = await setting.run({ payload, pick: 'a = properties.x\nb = title' });
      assert.deepEqual([result, outputs.a, outputs.b, outputs.runId], ['Succeeded', '', '', '']);
      assert.equal(host.lines.filter((line) => line.includes('so these outputs are empty: a, b.')).length, 1);
    });
  }

  it('gives out values also where Port cannot be found', async () => {
    const { result, outputs } = await pick({ tag: '1.10' }, 'tag = properties.tag', { baseUrl: 'my-port' });
    assert.deepEqual([result, outputs.tag], ['Failed', '1.10']);
  });

  it('reports, and then fails, where a payload that is picked from is no JSON', async () => {
    const runId = await setting.startRun();
    const inputs = { runId, payload: '{', pick: 'tag = properties.tag', statusLabel: 'Deploying' };
    const { result, message, outputs } = await setting.run(inputs);
    assert.deepEqual([result, outputs.tag], ['Failed', '']);
    assert.match(message, /^Input payload is not JSON/);
    assert.equal(setting.portRun(runId).statusLabel, 'Deploying');
  });

  for (const name of ['runId', 'RUNURL', 'reportedStatus']) {
    it(`takes no line that would set the output ${name} of the task itself`, async () => {
      const { result, message, outputs, runId } = await pick({ a: 'r_other' }, `${name} = properties.a`);
      assert.equal(result, 'Failed');
      assert.match(message, new RegExp(`there is an output "${name}" already`));
      assert.equal(outputs.runId, runId);
    });
  }
});
