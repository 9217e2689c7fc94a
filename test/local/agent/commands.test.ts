import assert from 'node:assert/strict';
import { parseLoggingCommand } from '../../../local/agent/commands/logging-command.ts';
import { Masker } from '../../../local/agent/variables/masker.ts';
import { type Bench, type FixtureTask, evalStep, evalTask, makeBench } from './fixture.ts';

const narrow: FixtureTask = {
  ...evalTask,
  name: 'Narrow',
  json: {
    ...evalTask.json,
    outputVariables: [{ name: 'declared' }],
    restrictions: { settableVariables: { allowed: ['declared', 'OK_*'] } },
  },
};
const restricted: FixtureTask = {
  ...evalTask,
  name: 'Restricted',
  json: { ...evalTask.json, restrictions: { commands: { mode: 'restricted' } } },
};

describe('logging commands in the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench([evalTask, narrow, restricted]);
  });
  after(() => bench.remove());

  const one = async (code: string, more = {}) => {
    const seen = await bench.run(
      `steps:\n- checkout: none\n${evalStep(code, { displayName: 'Step', ...more })}`,
    );
    return { seen, step: seen.record('Step'), log: seen.log('Step') };
  };

  it('reads a command anywhere in a line, with escaped text', () => {
    assert.deepEqual(
      parseLoggingCommand('x ##vso[Task.LogIssue Type=error;Code=1%3B;empty=;]a%0Ab%AZP25%5D'),
      {
        area: 'task',
        event: 'logissue',
        properties: { type: 'error', code: '1;' },
        data: 'a\nb%]',
      },
    );
    assert.equal(parseLoggingCommand('##vso[nodot]x'), undefined);
  });

  it('merges task.complete to the worst, and fails by exit code', async () => {
    const worst = await one(
      "say('##vso[task.complete result=SucceededWithIssues]'); say('##vso[task.complete result=Succeeded]')",
    );
    assert.equal(worst.step.result, 'succeededWithIssues');
    assert.equal(worst.seen.outcome.result, 'partiallySucceeded');
    const exit = await one('process.exit(3)');
    assert.equal(exit.step.result, 'failed');
    assert.match(exit.step.issues[0]?.message ?? '', /^Exit code 3 returned from process/);
    const killed = await one("process.kill(process.pid, 'SIGKILL'); setTimeout(() => 0, 5000)");
    assert.equal(killed.step.result, 'failed');
    assert.match(killed.step.issues.at(-1)?.message ?? '', /^Exit code 137/);
  });

  it('fails a step that says Cancelled with two l', async () => {
    const { step } = await one("say('##vso[task.complete result=Cancelled;]no')");
    assert.equal(step.result, 'failed');
    assert.match(step.issues[0]?.message ?? '', /^Unable to process command/);
  });

  it('records issues, at most ten of a kind', async () => {
    const { step, log } = await one(
      "for (let i = 0; i < 12; i++) say('##vso[task.logissue type=error;code=E1]bad ' + i); console.error('##vso[task.logissue type=warning]w')",
    );
    assert.equal(step.errorCount, 12);
    assert.equal(step.issues.filter(({ type }) => type === 'error').length, 10);
    assert.equal(step.issues[0]?.data?.code, 'E1');
    assert.equal(step.warningCount, 1);
    assert.ok(log.includes('##[error]bad 11') && log.includes('##[warning]w'));
    assert.equal(step.result, 'succeeded');
  });

  it('warns of commands it cannot read or find, and fails on unknown events of a known area', async () => {
    const { step } = await one("say('##vso[foo.bar]x'); say('##vso[broken'); say('plain')");
    assert.equal(step.result, 'succeeded');
    assert.deepEqual(
      step.issues.map(({ type }) => type),
      ['warning', 'warning'],
    );
    assert.equal((await one("say('##vso[task.nosuch]x')")).step.result, 'failed');
  });

  it('sets variables for later steps: secret, output, read-only', async () => {
    const seen = await bench.run(`
steps:
- checkout: none
${evalStep(
  `say('##vso[task.setvariable variable=a]1');
say('##vso[task.setvariable variable=s;issecret=true]topsecret');
say('##vso[task.setvariable variable=o;isOutput=true]2');
say('##vso[task.setvariable variable=r;isreadonly=true]3');`,
  { name: 'set' },
)}
${evalStep('say(JSON.stringify([process.env.A, process.env.S, process.env.SECRET_S, process.env.SET_O, process.env.R]))', { displayName: 'Read' })}
${evalStep("say('##vso[task.setvariable variable=r]4')", { displayName: 'Overwrite' })}
- script: echo '$(set.o) $(a) $(s)'
  displayName: Macro
`);
    assert.deepEqual(seen.log('Read'), ['["1",null,"***","2","3"]']);
    assert.deepEqual(seen.log('Macro'), ['2 1 ***']);
    assert.match(seen.record('Overwrite').issues[0]?.message ?? '', /Overwriting readonly variable 'r'/);
  });

  it('fails a step that makes a secret of several lines', async () => {
    const { step } = await one("say('##vso[task.setvariable variable=s;issecret=true]a%0Ab')");
    assert.equal(step.result, 'failed');
    assert.match(step.issues[1]?.message ?? '', /Secrets cannot contain multiple lines/);
  });

  it('lets a task set only the variables that its manifest allows', async () => {
    const seen = await bench.run(`
steps:
- checkout: none
${evalStep(
  `say('##vso[task.setvariable variable=declared]1');
say('##vso[task.setvariable variable=ok_x]2');
say('##vso[task.setvariable variable=PATH]3');`,
  { name: 'n' },
).replace('Eval@1', 'Narrow@1')}
- script: echo '$(n.declared) $(declared) $(ok_x)'
  displayName: Read
`);
    assert.deepEqual(seen.log('Read'), ['1 $(declared) 2']);
    assert.match(seen.record('Narrow').issues[0]?.message ?? '', /Setting variable 'PATH' has been disabled/);
  });

  it('ignores a summary from a task in restricted mode', async () => {
    const seen = await bench.run(
      `steps:\n- checkout: none\n${evalStep("say('##vso[task.uploadsummary]/x.md')").replace('Eval@1', 'Restricted@1')}`,
    );
    assert.equal(seen.record('Restricted').result, 'succeeded');
    assert.equal(seen.attachments.length, 0);
  });

  it('hands on summaries, attachments, tags, progress and a new run number', async () => {
    const { seen, step } = await one(
      `const file = process.env.AGENT_TEMPDIRECTORY + '/s.md';
require('fs').writeFileSync(file, '# hi');
say('##vso[task.uploadsummary]' + file);
say('##vso[task.addattachment type=t;name=n]' + file);
say('##vso[build.addbuildtag]blue');
say('##vso[build.updatebuildnumber]new-7');
say('##vso[task.setprogress value=40]');`,
    );
    assert.deepEqual(
      seen.attachments.map(({ recordId, type, name, content }) => [recordId, type, name, String(content)]),
      [
        [step.id, 'Distributedtask.Core.Summary', 's.md', '# hi'],
        [step.id, 't', 'n', '# hi'],
      ],
    );
    assert.deepEqual(seen.tags, ['blue']);
    assert.equal(seen.outcome.buildNumber, 'new-7');
    assert.equal(seen.buildNumbers.at(-1), 'new-7');
    assert.equal(step.percentComplete, 40);
    assert.equal((await one("say('##vso[task.uploadsummary]/no/such.md')")).step.result, 'failed');
    assert.equal((await one("say('##vso[build.updatebuildnumber]a:b')")).step.result, 'failed');
  });

  it('prepends folders to PATH', async () => {
    const seen = await bench.run(`
steps:
- checkout: none
${evalStep("say('##vso[task.prependpath]/a/b'); say('##vso[task.prependpath]/c')")}
- script: echo "$PATH" | cut -d':' -f1-2
  displayName: Path
`);
    assert.deepEqual(seen.log('Path'), ['/c:/a/b']);
  });

  it('shows debug lines only when System.Debug is on', async () => {
    const step = evalStep("say('##vso[task.debug]quiet')");
    assert.ok(!(await bench.run(`steps:\n${step}`)).text.includes('quiet'));
    const loud = await bench.run(`variables:\n  System.Debug: true\nsteps:\n${step}`);
    assert.ok(loud.text.includes('##[debug]quiet'));
  });

  it('stops waiting for a task that says it is done', async () => {
    const start = Date.now();
    const { step } = await one(
      "say('##vso[task.complete result=Succeeded;done=true]'); setTimeout(() => 0, 60000)",
    );
    assert.equal(step.result, 'succeeded');
    assert.ok(Date.now() - start < 5000);
  });

  it('masks secrets and their variants in logs, names and issues', async () => {
    const seen = await bench.run(
      `steps:
- checkout: none
${evalStep(
  `const s = process.env.SECRET_PASS; say(s); say(JSON.stringify(s)); say(encodeURIComponent(s));
say(Buffer.from(s).toString('base64')); say('##vso[task.logissue type=error]it is ' + s);
say('##vso[task.setsecret]later'); say('see later'); say('https://me:pw@example.com');`,
  { displayName: 'Step' },
)}`,
      { variables: { pass: { value: 'p"w\\d x', isSecret: true } } },
    );
    assert.deepEqual(seen.log('Step'), [
      '***',
      '"***"',
      '***',
      '***',
      '##[error]it is ***',
      'see ***',
      'https://me:***@example.com',
    ]);
    assert.equal(seen.record('Step').issues[0]?.message, 'it is ***');
  });

  it('masks overlapping secrets as one', () => {
    const masker = new Masker();
    ['abcd', 'cdef'].forEach((secret) => masker.add(secret));
    assert.equal(masker.mask('1abcdef2'), '1***2');
  });
});
