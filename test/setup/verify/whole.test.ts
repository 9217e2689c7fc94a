import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installExtension } from '../../../local/agent/index.ts';
import { packagedExtension } from '../../../local/packaged-extension.ts';
import { jq } from '../../../local/port/actions/jq.ts';
import { askAll } from '../../../setup/verify/ask.ts';
import { isAsked } from '../../../setup/verify/question.ts';
import { questions } from '../../../setup/verify/questions.ts';
import { sweep, traceKinds } from '../../../setup/verify/traces.ts';
import { closeLoops, startLoop } from '../loop-fixture.ts';
import { failing, makeHooks, runByWebhook, runWithApproval } from './history-fixture.ts';
import { inLabs, tracesOf } from './verify-fixture.ts';

/** What a loop of one pipeline and few runs cannot answer, and what a fast Port ends too early, at times. */
const without: Readonly<Record<string, RegExp>> = {
  'dora-names': /your file defines a blueprint `deployment`/,
  'definition-name': /no pipeline of the project is in a folder/,
  'number-without-agent': /canceled before an agent had it/,
  'synchronized-changes': /had ended each of 5/,
  'synchronized-status': /had ended each of 5/,
  changes: /fewer than three runs|only \d+ changes/,
};

describe('verify, with all questions of one run', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    // The first expression loads jq, for which the hurried clock has no time.
    await jq('1 + 1', {});
    folder = await mkdtemp(join(tmpdir(), 'verify-whole-'));
  });
  afterEach(closeLoops);
  after(() => rm(folder, { recursive: true }));

  it('asks each as if it were alone, and leaves nothing', async () => {
    const extensions = [await installExtension(packagedExtension(), folder)];
    const loop = await startLoop({ runner: failing(), timerPeriod: 10, extensions });
    await makeHooks(loop);
    await runByWebhook(loop);
    await runWithApproval(loop);
    const before = tracesOf(loop);
    const all = questions.filter(isAsked).filter(({ ask }) => ask.isOfPipeline !== true);
    const { answered, swept } = await inLabs(loop, async ({ asking, cleaning, stamps }) => ({
      answered: await askAll(all, asking, () => undefined),
      swept: await sweep(cleaning, new Set(traceKinds), (each) => stamps.has(each)),
    }));
    const others = answered.flatMap(({ question: { id }, answer }) => {
      const isExpected =
        answer.answer === 'holds' || (answer.answer === 'not asked' && without[id]?.test(answer.why));
      return isExpected === true ? [] : [[id, answer]];
    });
    assert.deepEqual(others, []);
    assert.equal(answered.length, all.length);
    assert.deepEqual(swept.left, []);
    // Port's limit for five minutes, which the page names.
    assert.ok(loop.port.requests.length < 1000, String(loop.port.requests.length));
    await loop.port.idle();
    assert.deepEqual(tracesOf(loop), before);
  });
});
