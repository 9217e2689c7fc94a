import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GateSetting, asked, openIncidents, startGateSetting } from './setting.ts';

describe('PortGate', function () {
  this.timeout(30_000);
  let setting: GateSetting;
  before(async () => {
    setting = await startGateSetting();
    await setting.service({ locked: true });
  });
  after(() => setting.close());

  const wrong: readonly (readonly [inputs: Readonly<Record<string, string>>, words: RegExp])[] = [
    [{}, /requireLevels, requireRules, conditions and forbidEntities are all empty/],
    [{ requireLevels: 'readiness > Silver' }, /line "readiness > Silver"\. Write it as scorecard >= level/],
    [{ requireLevels: 'readiness >= Silvre' }, /has no level "Silvre"; it has Basic, Bronze, Silver, Gold/],
    [{ requireLevels: 'redy >= Silver' }, /blueprint service has no scorecard "redy"; it has readiness/],
    [{ requireRules: 'readiness hasOwner' }, /Write it as scorecard: rule/],
    [{ requireRules: 'readiness: hasOwnr' }, /has no rule "hasOwnr"; it has hasOwner, hasSlo/],
    [{ conditions: 'locked != true' }, /Did you mean properties\.locked\?/],
    [{ conditions: 'properties.locked is true' }, /Write it as path, operator/],
    [{ conditions: 'properties.owner in shop' }, /Behind in stands a list/],
    [{ conditions: 'properties.locked != true | reason: why' }, /Did you mean properties\.why\?/],
    [{ conditions: 'properties.owner = $(owner)' }, /Nothing replaced the expression/],
    [{ forbidEntities: 'blueprint: incident' }, /must be a list/],
    [{ forbidEntities: '- query: []' }, /entry 1: blueprint must be/],
    [{ forbidEntities: '- { blueprint: incident, quary: [] }' }, /"quary" is not known/],
    [{ forbidEntities: '- { blueprint: incident, query: { rules: 1 } }' }, /query must have combinator/],
    [{ conditions: 'title = x', mode: 'ask' }, /Input mode is "ask"/],
    [{ conditions: 'title = x', waitMinutes: '-1' }, /Input waitMinutes/],
    [{ conditions: 'title = x', pollSeconds: '0' }, /Input pollSeconds/],
  ];
  for (const [inputs, words] of wrong)
    it(`refuses ${JSON.stringify(inputs)}, and has let nothing pass`, async () => {
      const { result, message, outputs } = await setting.run({ ...asked, ...inputs });
      assert.equal(result, 'Failed');
      assert.match(message, words);
      assert.match(message, /\[PORT_INPUT\]$/);
      assert.deepEqual(outputs, { decision: 'stop', reasons: '[]', resultFile: '' });
    });

  it('does not let onError soften a stop', async () => {
    const inputs = { conditions: 'properties.locked != true', onError: 'warn' };
    const { result, outputs } = await setting.run({ ...asked, ...inputs });
    assert.deepEqual([result, outputs.decision], ['Failed', 'stop']);
  });

  it('names a blueprint that is not there', async () => {
    const { result, message } = await setting.run({ ...asked, blueprint: 'servce', conditions: 'title = x' });
    assert.equal(result, 'Failed');
    assert.match(message, /servce/);
  });

  it('writes the decision and every requirement into a file', async () => {
    const inputs = { conditions: 'properties.locked != true\ntitle = Checkout', resultFile: 'out/gate.json' };
    const { outputs } = await setting.run({ ...asked, ...inputs });
    assert.equal(outputs.resultFile, join(setting.folder, 'out', 'gate.json'));
    const written = JSON.parse(readFileSync(outputs.resultFile, 'utf8')) as {
      decision: string;
      checks: { requirement: string; found: string; isMet: boolean }[];
    };
    assert.equal(written.decision, 'stop');
    assert.deepEqual(
      written.checks.map(({ requirement, found, isMet }) => [requirement, found, isMet]),
      [
        ['properties.locked != true', 'true', false],
        ['title = Checkout', 'Checkout', true],
      ],
    );
  });

  const hostile =
    '##vso[task.setvariable variable=PATH]/evil\n</td><script>x</script>| $(Secret) `x` [a](javascript:1)';
  it('obeys nothing of what people wrote into titles and reasons, and shows no secret', async () => {
    await setting.service({ locked: true, why: `${hostile} hunter2hunter2` }, hostile);
    await setting.incident('i', hostile, 'open');
    await setting.addAction({ identifier: 'deploy' });
    const runId = await setting.user.execute('deploy', {});
    const conditions = 'properties.locked != true | reason: properties.why';
    const { message, host, summary, outputs } = await setting.run(
      { ...asked, conditions, forbidEntities: openIncidents, runId },
      { secrets: { Secret: 'hunter2hunter2' } },
    );
    assert.match(message, /may not be deployed/);
    for (const line of host.lines) assert.doesNotMatch(line, /##vso\[/);
    assert.doesNotMatch(outputs.reasons ?? '', /##vso\[|\$\(/);
    assert.doesNotMatch(summary, /<script>|\]\(javascript/);
    assert.equal(summary.split('\n').filter((line) => line.startsWith('| ')).length, 4);
    const { statusLabel } = setting.port.store.run(runId);
    const sent = JSON.stringify([statusLabel, setting.port.store.logsOf(runId), summary]);
    assert.doesNotMatch(sent, /hunter2/);
  });

  it('shortens what is long in the output, and has all of it in the file', async () => {
    await setting.service({ locked: true, why: 'x'.repeat(100_000) });
    const conditions = Array.from(
      { length: 40 },
      () => 'properties.locked != true | reason: properties.why',
    ).join('\n');
    const { outputs } = await setting.run({ ...asked, conditions });
    assert.ok((outputs.reasons ?? '').length <= 30_000, `${outputs.reasons?.length} characters`);
    assert.ok(readFileSync(outputs.resultFile ?? '', 'utf8').length > 100_000);
  });
});
