import assert from 'node:assert/strict';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseDocument, visit } from 'yaml';
import type { Build } from '../../local/azure-devops/index.ts';
import { readFolder } from '../../local/folder.ts';
import type { Loop } from '../../local/loop.ts';
import { cases, hostileText } from '../fuzz/arbitraries.ts';
import { examples, startPackagedLoop } from '../support/loop-run.ts';

interface Action {
  readonly identifier: string;
  readonly trigger: {
    readonly operation: string;
    readonly blueprintIdentifier: string;
    readonly userInputs: {
      readonly properties: Readonly<
        Record<string, { type: string; default?: string | number; enum?: string[] }>
      >;
    };
  };
  readonly invocationMethod: { readonly type: string };
}

const secret = 'hunter2hunter2';

/** What a hostile user types, by what it is. The number of the run and its tags show a command that was obeyed. */
const texts: Readonly<Record<string, string>> = {
  'a command': '##vso[build.updatebuildnumber]PWNED',
  'a command in a second line': 'x\n##vso[build.addbuildtag]PWNED',
  'a command after a lone CR': 'x\r##vso[build.addbuildtag]PWNED',
  'a command with unseen characters':
    '#\u200b#vso[build.addbuildtag]PWNED\u202e##vso[build.addbuildtag]PWNED',
  'a macro': '$(dbPassword)',
  'a macro within a macro': '$($(x)dbPassword)$$(dbPassword)',
  'a runtime expression': '$[variables.dbPassword]',
  'a template expression': '${{ variables.dbPassword }}',
  'a command of the shell':
    '`echo "##vso"[build.addbuildtag]PWNED`$(printenv)"; echo "##vso[build.addbuildtag]PWNED',
  'quotes and signs of cmd': `'"%PATH% & echo ##vso[build.addbuildtag]PWNED | x ^ <`,
  'an option': '--help',
  'another property': 'x\nlocked: PWNED\n"locked": "PWNED"',
  'a very long text': 'x'.repeat(131_000),
};

/** Each field meets so many of the texts, another one first than the field before it. HOSTILE_TEXTS=13 tries all. */
const textsForField = Number(process.env.HOSTILE_TEXTS ?? 1);

/**
 * So many texts made by chance for each field, seen by the scripts alone: test/fuzz tries the tasks, and a task's process is
 * most of a run's time. HOSTILE_FUZZ=420 makes 10,080 fields of 24; HOSTILE_SHARD=1/2 tries every other action.
 */
const fuzzForField = Number(process.env.HOSTILE_FUZZ ?? 1);
const [shard = 1, shards = 1] = (process.env.HOSTILE_SHARD ?? '1/1').split('/').map(Number);

const actions = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /^[^/]+\/port\/[^/]+\.action\.json$/.test(name))
  .map((name) => ({ name, action: JSON.parse(readFileSync(join(examples, name), 'utf8')) as Action }))
  // An action of another backend, or on an approval, starts no pipeline of the example's.
  .filter(({ action }) => action.invocationMethod.type !== 'KAFKA')
  .filter(({ action }) => action.trigger.blueprintIdentifier !== 'azure_approval')
  .filter((_action, index) => index % shards === shard - 1);

/** Parts of all that is hostile, so that the agent and a shell see it begun, ended and nested in every way. */
const fuzzText = fc
  .array(
    fc.oneof(hostileText, fc.constantFrom(...Object.values(texts).filter(({ length }) => length < 1000))),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));

describe('What a user typed into an example', function () {
  this.timeout(Math.max(60_000, fuzzForField * 5_000));
  const names = Object.keys(texts);
  let turn = 0;
  for (const { name, action } of actions) {
    const fields = Object.keys(action.trigger.userInputs.properties);
    if (fields.length === 0) continue;
    describe(`as ${name}`, () => {
      let loop: Loop;
      afterEach(() => loop.close());

      for (const field of fields) {
        for (let index = 0; index < textsForField; index++) {
          const text = names[turn++ % names.length] ?? '';
          it(`commands nothing and shows no secret: ${field} is ${text}`, async () => {
            loop = await startWithoutForm(name, action);
            await assertHarmless(loop, action, field, texts[text] ?? '');
          });
        }

        it(`commands nothing and shows no secret by a script: ${field} is made by chance`, async () => {
          loop = await startWithoutForm(name, action, withoutTasks);
          const { seed, numRuns } = cases(fuzzForField);
          for (const text of fc.sample(fuzzText, { seed: seed + turn++, numRuns }))
            await assertHarmless(loop, action, field, text);
        });
      }
    });
  }
});

async function assertHarmless(loop: Loop, action: Action, field: string, text: string): Promise<void> {
  const properties = { ...plausible(action), [field]: text };
  const entity = action.trigger.operation === 'CREATE' ? undefined : 'one';
  const { runId, build } = await loop.execute(action.identifier, properties, entity);
  await loop.idle();
  const typed = JSON.stringify(text.slice(0, 500));
  assert.doesNotMatch(`${build.number} ${[...build.tags].join(' ')}`, /PWNED/, typed);
  const { store } = loop.port;
  const held = JSON.stringify([store.run(runId), store.logsOf(runId), ...entitiesOf(loop)]);
  assert.ok(!held.includes(secret), `the secret is in Port: ${typed}`);
  assert.ok(!logOf(build).includes(secret), `the secret is in the log: ${typed}`);
  assert.doesNotMatch(JSON.stringify(entitiesOf(loop)), /"locked":"PWNED"/, typed);
}

/** The pipeline without the steps that talk to Port, but those that hand a picked value to a script. */
function withoutTasks(yaml: string): string {
  const document = parseDocument(yaml);
  visit(document, {
    Map: (_key, step) =>
      String(step.get('task')).startsWith('Port') && !step.hasIn(['inputs', 'pick'])
        ? visit.REMOVE
        : undefined,
  });
  return document.toString();
}

/** The example, with a form that takes any text: the checks of a form are no protection of the pipeline. */
async function startWithoutForm(
  name: string,
  action: Action,
  change = (yaml: string): string => yaml,
): Promise<Loop> {
  const loop = await startPackagedLoop();
  const folder = join(loop.workDirectory, 'example');
  const [example = '', , file = ''] = name.split('/');
  cpSync(join(examples, example), folder, { recursive: true });
  const properties = Object.fromEntries(
    Object.keys(action.trigger.userInputs.properties).map((field) => [field, { type: 'string' }]),
  );
  const trigger = { ...action.trigger, userInputs: { properties, required: [] } };
  writeFileSync(join(folder, 'port', file), JSON.stringify({ ...action, trigger, requiredApproval: false }));
  const { pipelines } = await readFolder(folder);
  for (const each of pipelines) {
    const path = join(folder, each);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }
  const variables = { dbPassword: { value: secret, isSecret: true } };
  await loop.addExample(
    folder,
    pipelines.map((each) => ({ file: each, variables })),
  );
  const { operation, blueprintIdentifier } = action.trigger;
  if (operation !== 'CREATE') {
    const path = `/v1/blueprints/${blueprintIdentifier}/entities?upsert=true`;
    await loop.user.call('POST', path, { identifier: 'one', properties: {} });
  }
  return loop;
}

/** What an honest user might type into each field. */
function plausible({ trigger }: Action): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(trigger.userInputs.properties).map(([field, input]) => [
      field,
      String(input.default ?? input.enum?.[0] ?? (input.type === 'number' ? 1 : 'checkout')),
    ]),
  );
}

function entitiesOf({ port }: Loop): readonly unknown[] {
  return [...port.store.entities.values()].flatMap((entities) => [...entities.values()]);
}

function logOf({ logs }: Build): string {
  return [...logs.values()].flat().join('\n');
}
