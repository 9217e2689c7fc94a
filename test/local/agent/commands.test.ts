import assert from 'node:assert/strict';
import { parseLoggingCommand } from '../../../local/agent/commands/logging-command.ts';
import { installExtension } from '../../../local/agent/index.ts';
import { Masker } from '../../../local/agent/variables/masker.ts';
import { itOnPosix } from '../../support/where.ts';
import { type Bench, type FixtureTask, evalStep, evalTask, makeBench, makeVsix } from './fixture.ts';

const narrow: FixtureTask = {
  ...evalTask,
  name: 'Narrow',
  json: {
    ...evalTask.json,
    outputVariables: [{ name: 'declared' }],
    restrictions: { settableVariables: { allowed: ['declared', 'OK_*'] } },
  },
};
describe('logging commands in the local agent', () => {
  let bench: Bench;
  before(async () => {
    bench = await makeBench([evalTask, narrow]);
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

  it('reads a command only where its prefix is in lower case', () => {
    assert.equal(parseLoggingCommand('##VSO[task.debug]x'), undefined);
    assert.equal(parseLoggingCommand('##Vso[task.debug]x'), undefined);
    assert.equal(parseLoggingCommand('##vso[TASK.Debug]x')?.event, 'debug');
  });

  it('forgives dots and equals signs too many', () => {
    assert.deepEqual(parseLoggingCommand('##vso[.task.x variable==a=b;=c=d;e=;f]'), {
      area: 'task',
      event: 'x',
      properties: { variable: 'a=b', c: 'd' },
      data: '',
    });
    assert.equal(parseLoggingCommand('##vso[task.a.b]'), undefined);
  });

  it('keeps the spaces around names and values', () => {
    const command = parseLoggingCommand('##vso[task.setvariable variable= a ; isOutput=true]b');
    assert.deepEqual(command?.properties, { variable: ' a ', ' isoutput': 'true' });
  });

  it('merges task.complete to the worst, and fails by exit code', async () => {
    const worst = await one(
      "say('##vso[task.complete result=SucceededWithIssues]'); say('##vso[task.complete result=Succeeded]')",
    );
    assert.equal(worst.step.result, 'succeededWithIssues');
    assert.equal(worst.seen.outcome.result, 'partiallySucceeded');
    for (const result of ['Succeeded', 'Failed']) {
      const { step } = await one(`say('##vso[task.complete result=${result}]'); process.exitCode = 1`);
      assert.equal(step.result, 'failed');
    }
    assert.equal((await one("say('##vso[task.complete result=Failed]')")).step.result, 'failed');
    const exit = await one('process.exit(3)');
    assert.equal(exit.step.result, 'failed');
    assert.match(exit.step.issues[0]?.message ?? '', /^Exit code 3 returned from process/);
  });

  itOnPosix('names the exit code of a process that was killed', async () => {
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
- script: echo '$(set.o) $(a) $(s)'
  displayName: Macro
`);
    assert.deepEqual(seen.log('Read'), ['["1",null,"***","2","3"]']);
    assert.deepEqual(seen.log('Macro'), ['2 1 ***']);
  });

  it('replaces $(name) by whole names, and by the names that a value holds, but not by those it makes', async () => {
    const seen = await bench.run(`
variables: { b: inner, ainner: outer, short: one, shorter: two }
steps:
- checkout: none
${evalStep("say('##vso[task.setvariable variable=a]$' + '(b)')")}
- script: echo '$(a) $(a$(b)) $(missing) $(short) $(shorter)'
  displayName: Show
`);
    assert.deepEqual(seen.log('Show'), ['inner $(ainner) $(missing) one two']);
  });

  it('keeps secret what was secret once', async () => {
    const { seen } = await one(
      "say('##vso[task.setvariable variable=s;issecret=true]first'); say('##vso[task.setvariable variable=S]second'); say('second')",
    );
    assert.ok(!seen.text.includes('\nsecond') && seen.log('Step').includes('***'));
  });

  it('masks a new secret also as it stands in the command', async () => {
    const { log } = await one(
      "say('##vso[task.setvariable variable=s;issecret=true]one%3Btwo%5D'); say('one;two] one%3Btwo%5D')",
    );
    assert.deepEqual(log, ['*** ***']);
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
    assert.match(seen.record('n').issues[0]?.message ?? '', /Setting variable 'PATH' has been disabled/);
  });

  it('are not there for a task in restricted mode: it is not installed', async () => {
    const restrictions = { commands: { mode: 'restricted' } };
    const vsix = await makeVsix(bench.folder, [{ ...evalTask, json: { ...evalTask.json, restrictions } }]);
    await assert.rejects(
      installExtension(vsix, bench.folder),
      /Eval: the local agent does not know the restricted mode of a task/,
    );
  });

  it('hands on summaries, tags, progress and a new run number', async () => {
    const { seen, step } = await one(
      `const file = process.env.AGENT_TEMPDIRECTORY + '/s.md';
require('fs').writeFileSync(file, '# hi');
say('##vso[task.uploadsummary]' + file);
say('##vso[build.addbuildtag]blue');
say('##vso[build.updatebuildnumber]new-7');
say('##vso[task.setprogress value=40]');`,
    );
    assert.deepEqual(
      seen.attachments.map(({ recordId, type, name, content }) => [recordId, type, name, String(content)]),
      [[step.id, 'Distributedtask.Core.Summary', 's.md', '# hi']],
    );
    assert.deepEqual(seen.tags, ['blue']);
    assert.equal(seen.outcome.buildNumber, 'new-7');
    assert.equal(seen.buildNumbers.at(-1), 'new-7');
    assert.equal(step.percentComplete, 40);
    assert.equal((await one("say('##vso[task.uploadsummary]/no/such.md')")).step.result, 'failed');
    assert.equal((await one("say('##vso[build.updatebuildnumber]a:b')")).step.result, 'failed');
  });

  const unknown = ['task.prependpath]/a', 'task.uploadfile]/a', 'build.uploadlog]/a', 'artifact.upload]/a'];
  for (const command of unknown) {
    it(`refuses ##vso[${command} by name`, async () => {
      const { step } = await one(`say('##vso[${command}')`);
      assert.equal(step.result, 'failed');
      assert.match(step.issues[1]?.message ?? '', /^the local agent does not know '##vso\[/);
    });
  }

  it('takes a wrong progress as 0, and one beyond the limits as the limit', async () => {
    const { step } = await one(
      "say('##vso[task.setprogress value=40]'); say('##vso[task.setprogress value=half]')",
    );
    assert.deepEqual([step.percentComplete, step.result], [0, 'succeeded']);
    assert.equal((await one("say('##vso[task.setprogress value=140]')")).step.percentComplete, 100);
  });

  it('ends a line of the output with CR, LF or both', async () => {
    const { seen, log } = await one(
      "process.stdout.write('one\\rtwo\\r\\nthree\\n\\rfour\\r##vso[task.logissue type=warning]a\\r##vso[task.logissue type=warning]b\\r')",
    );
    assert.deepEqual(log, ['one', 'two', 'three', '', 'four', '##[warning]a', '##[warning]b']);
    assert.equal(seen.record('Step').warningCount, 2);
  });

  it('drops the source of an issue: only the agent may name one', async () => {
    const { step } = await one("say('##vso[task.logissue type=error;source=TaskInternal;code=7]bad')");
    assert.deepEqual(Object.keys(step.issues[0]?.data ?? {}), ['type', 'code', 'logFileLineNumber']);
  });

  it('shows debug lines only when System.Debug is on', async () => {
    const step = evalStep("say('##vso[task.debug]quiet')");
    assert.ok(!(await bench.run(`steps:\n${step}`)).text.includes('quiet'));
    const loud = await bench.run(`variables:\n  System.Debug: true\nsteps:\n${step}`);
    assert.ok(loud.text.includes('##[debug]quiet'));
  });

  it('stops waiting for a task that says it is done', async function () {
    // Less than the task goes on for.
    this.timeout(30_000);
    const { step } = await one(
      "say('##vso[task.complete result=Succeeded;done=true]'); setTimeout(() => 0, 60000)",
    );
    assert.equal(step.result, 'succeeded');
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

  describe('the masker', () => {
    const masked = (secret: string, text: string, isVariable = false) => {
      const masker = new Masker();
      if (isVariable) masker.addVariable(secret);
      else masker.add(secret);
      return masker.mask(text);
    };
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const cases: readonly (readonly [
      what: string,
      secret: string,
      text: string,
      isVariable: boolean,
      seen: string,
    ])[] = [
      ['the value', 'hunter2', 'a hunter2 b', false, 'a *** b'],
      ['its JSON', 'a"b\n', '"a\\"b\\n"', false, '"***"'],
      ['its form in a URL', 'a b!', 'x=a%20b%21', false, 'x=***'],
      ['what a shell makes of its backslashes', "it\\'s\\\\", "it's\\", false, '***'],
      ['several lines as a whole', 'first\nsecond', 'first\nsecond', false, '***'],
      ['no line of several', 'first\nsecond', 'first', false, 'first'],
      ['no line of several of a variable', 'first\nsecond', 'second', true, 'second'],
      [
        'no base64 of what is not a variable',
        'hunter2-long',
        base64('hunter2-long'),
        false,
        base64('hunter2-long'),
      ],
      ['base64 of a variable', 'hunter2-long', base64('hunter2-long'), true, '***'],
      [
        'no base64 of more than the variable',
        'hunter2-long',
        base64(':hunter2-long'),
        true,
        base64(':hunter2-long'),
      ],
      ['a variable without its quotes', '"quoted"', 'quoted', true, '***'],
      ['quotes of what is not a variable', '"quoted"', 'quoted', false, 'quoted'],
      ['a variable without spaces around it', ' spaced ', 'spaced', true, '***'],
      ['the line ends of a variable in a command', 'a\nb', 'a%0Ab', true, '***'],
      ['a percent sign before what looks like a line end', '%0D50', '%AZP250D50', true, '***'],
      ['the percent signs of a variable in a command', '50%off', '50%AZP25off', true, '***'],
      ['no blank variable', ' ', 'a b', true, 'a b'],
      ['the password in a URL', 'x', 'http://me:p%41ss@h', false, 'http://me:***@h'],
    ];
    for (const [what, secret, text, isVariable, expected] of cases) {
      it(`masks ${what}`, () => assert.equal(masked(secret, text, isVariable), expected));
    }

    it('masks overlapping secrets as one', () => {
      const masker = new Masker();
      ['abcd', 'cdef'].forEach((secret) => masker.add(secret));
      assert.equal(masker.mask('1abcdef2'), '1***2');
    });
  });
});
