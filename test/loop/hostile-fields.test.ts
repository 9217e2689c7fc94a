import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Build } from '../../local/azure-devops/index.ts';
import { readFolder } from '../../local/folder.ts';
import type { Loop } from '../../local/loop.ts';
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

const actions = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /^[^/]+\/port\/[^/]+\.action\.json$/.test(name))
  .map((name) => ({ name, action: JSON.parse(readFileSync(join(examples, name), 'utf8')) as Action }))
  // An action of another backend starts no pipeline of the example's.
  .filter(({ action }) => action.invocationMethod.type !== 'KAFKA');

describe('What a user typed into an example', function () {
  this.timeout(60_000);
  const names = Object.keys(texts);
  let turn = 0;
  for (const { name, action } of actions) {
    const fields = Object.keys(action.trigger.userInputs.properties);
    const tries = fields.flatMap((field) =>
      Array.from({ length: textsForField }, () => ({ field, text: names[turn++ % names.length] ?? '' })),
    );
    if (tries.length === 0) continue;
    describe(`as ${name}`, () => {
      let loop: Loop;
      let folder: string;
      before(async () => {
        folder = mkdtempSync(join(tmpdir(), 'hostile-'));
        loop = await startWithoutForm(folder, name, action);
      });
      after(async () => {
        await loop.close();
        rmSync(folder, { recursive: true });
      });

      for (const { field, text } of tries) {
        it(`commands nothing and shows no secret: ${field} is ${text}`, async () => {
          const { operation } = action.trigger;
          const properties = { ...plausible(action), [field]: texts[text] };
          const entity = operation === 'CREATE' ? undefined : 'one';
          const { runId, build } = await loop.execute(action.identifier, properties, entity);
          await loop.idle();
          assert.doesNotMatch(`${build.number} ${[...build.tags].join(' ')}`, /PWNED/);
          const { store } = loop.port;
          const held = JSON.stringify([store.run(runId), store.logsOf(runId), ...entitiesOf(loop)]);
          assert.ok(!held.includes(secret), 'the secret is in Port');
          assert.ok(!logOf(build).includes(secret), 'the secret is in the log');
          assert.doesNotMatch(JSON.stringify(entitiesOf(loop)), /"locked":"PWNED"/);
        });
      }
    });
  }
});

/** The example, with a form that takes any text: the checks of a form are no protection of the pipeline. */
async function startWithoutForm(folder: string, name: string, action: Action): Promise<Loop> {
  const [example = '', , file = ''] = name.split('/');
  cpSync(join(examples, example), folder, { recursive: true });
  const properties = Object.fromEntries(
    Object.keys(action.trigger.userInputs.properties).map((field) => [field, { type: 'string' }]),
  );
  const trigger = { ...action.trigger, userInputs: { properties, required: [] } };
  writeFileSync(join(folder, 'port', file), JSON.stringify({ ...action, trigger, requiredApproval: false }));
  const loop = await startPackagedLoop();
  const { pipelines } = await readFolder(folder);
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
