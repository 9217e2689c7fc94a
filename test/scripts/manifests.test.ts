import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { openFields } from '../../scripts/form-rules.ts';
import { type Manifests, type TaskJson, manifestProblems } from '../../scripts/manifest-rules.ts';
import { readManifests, root } from '../../scripts/manifests.ts';
import { reachableFrom, sourceTree } from '../support/source-tree.ts';

const manifests = readManifests();
const tasks = Object.entries(manifests.tasks);

describe('the manifests', () => {
  it('hold every rule', () => {
    assert.deepEqual(manifestProblems(manifests), []);
  });

  it('leave one field open in the form of Port run status, and in each the required ones', () => {
    assert.deepEqual(openFields(manifests.tasks.PortRunStatus ?? { groups: [], inputs: [] }), [
      'portConnection',
    ]);
    for (const [folder, task] of tasks) {
      const closed = task.inputs.filter(
        ({ name, required }) => required === true && !openFields(task).includes(name),
      );
      assert.deepEqual(closed, [], folder);
    }
  });

  it('declare exactly the inputs that the code reads', () => {
    for (const [folder, task] of tasks) {
      assert.deepEqual(inputsReadBy(folder), task.inputs.map(({ name }) => name).sort(), folder);
    }
  });

  it('declare exactly the outputs that the code sets', () => {
    for (const [folder, task] of tasks) {
      const set = new Set(
        sourcesOf(folder).flatMap((file) =>
          [...textOf(file).matchAll(/setOutput\(\s*'(\w+)'/g)].map(([, name = '']) => name),
        ),
      );
      assert.deepEqual([...set].sort(), (task.outputVariables ?? []).map(({ name }) => name).sort(), folder);
    }
  });

  it('have icons of 32 pixels for tasks and 128 for the extension', () => {
    assert.deepEqual(pngSize(join(root, 'images', 'icon.png')), [128, 128]);
    for (const [folder] of tasks)
      assert.deepEqual(pngSize(join(root, 'tasks', folder, 'icon.png')), [32, 32], folder);
  });

  it('are explained by a README for each task, with tables of all inputs and outputs', () => {
    for (const [folder, task] of tasks) {
      const text = readFileSync(join(root, 'tasks', folder, 'README.md'), 'utf8');
      for (const { name } of task.inputs) assert.ok(text.includes(`| \`${name}\` |`), `${folder}: ${name}`);
      for (const { name } of task.outputVariables ?? [])
        assert.ok(text.includes(`| \`${name}\` |`), `${folder}: ${name}`);
    }
  });
});

describe('YAML that uses the tasks', () => {
  const files = ['examples', 'docs', 'tasks', '.'].flatMap(documentsIn);

  for (const file of files) {
    const steps = stepsIn(file);
    if (steps.length === 0) continue;
    it(`${file} gives every task inputs that it has, with values that they take`, () => {
      for (const { task, inputs } of steps) {
        const [name = '', major] = task.split('@');
        const manifest = manifests.tasks[name];
        assert.ok(manifest !== undefined, `${task} is no task of this extension`);
        assert.equal(Number(major), manifest.version.Major, task);
        for (const [input, value] of Object.entries(inputs)) assertInput(manifest, input, value);
      }
    });
  }
});

describe('the rules for manifests', () => {
  const withTask = (change: Partial<TaskJson>): Manifests => {
    const [folder = '', task] = tasks[0] ?? [];
    assert.ok(task !== undefined);
    return { ...manifests, tasks: { ...manifests.tasks, [folder]: { ...task, ...change } } };
  };
  const [anyTask] = Object.values(manifests.tasks);
  assert.ok(anyTask !== undefined);
  const cases: readonly { name: string; bad: Manifests; problem: RegExp }[] = [
    {
      name: 'a version that is not that of the package',
      bad: { ...manifests, packageVersion: '9.9.9' },
      problem: /vss-extension\.json is/,
    },
    {
      name: 'a task that is not contributed',
      bad: {
        ...manifests,
        tasks: { ...manifests.tasks, Other: anyTask },
      },
      problem: /Other has no contribution/,
    },
    { name: 'an id that is no GUID', bad: withTask({ id: 'x' }), problem: /not a version 4 GUID/ },
    {
      name: 'a friendly name of 41 characters',
      bad: withTask({ friendlyName: 'x'.repeat(41) }),
      problem: /longer than 40/,
    },
    {
      name: 'a handler that is out of support',
      bad: withTask({ execution: { Node16: { target: 'index.js' } } }),
      problem: /has the handlers Node16/,
    },
    {
      name: 'an output that may not be set',
      bad: withTask({
        outputVariables: [{ name: 'other', description: '' }],
        restrictions: { settableVariables: { allowed: ['runId'] } },
      }),
      problem: /output other is not in settableVariables/,
    },
    {
      name: 'an input in a group that is not there',
      bad: withTask({
        inputs: [
          { name: 'portConnection', type: 'string', label: '', helpMarkDown: 'x', groupName: 'nowhere' },
        ],
      }),
      problem: /in group nowhere/,
    },
    {
      name: 'a rule for an input that is not there',
      bad: withTask({
        inputs: [
          { name: 'portConnection', type: 'string', label: '', helpMarkDown: 'x', visibleRule: 'gone = 1' },
        ],
      }),
      problem: /there is no input gone/,
    },
    {
      name: 'help that only a pipeline in YAML understands',
      bad: withTask({
        inputs: [{ name: 'portConnection', type: 'string', label: '', helpMarkDown: 'such as ${{ a }}' }],
      }),
      problem: /the help of portConnection shows \$\{\{ \}\} or a condition/,
    },
    {
      name: 'a form with six fields open',
      bad: withTask({
        inputs: ['portConnection', 'b', 'c', 'd', 'e', 'f'].map((name) => ({
          name,
          type: 'string',
          label: '',
          helpMarkDown: 'x',
        })),
      }),
      problem: /6 fields stand open in the form \(portConnection, b, c, d, e, f\), and 5 may/,
    },
    {
      name: 'a rule of a group for an input that is not there',
      bad: withTask({
        groups: [{ name: 'run', displayName: '', visibleRule: 'gone = 1' }],
      }),
      problem: /group run has the visibleRule "gone = 1", but there is no input gone/,
    },
    {
      name: 'a shared input in other words',
      bad: withTask({
        inputs: [{ name: 'portConnection', type: 'string', label: 'Other', helpMarkDown: 'other' }],
      }),
      problem: /input portConnection is not described as in/,
    },
  ];
  for (const { name, bad, problem } of cases) {
    it(`find ${name}`, () => {
      assert.match(manifestProblems(bad).join('\n'), problem);
    });
  }
});

/** A task's own sources. */
function sourcesOf(folder: string): string[] {
  return [...sourceTree.keys()].filter((file) => file.startsWith(`tasks/${folder}/`));
}

/** The names that a task's code asks its InputReader or host for, those of the shared modules that its inputs.ts needs included. */
function inputsReadBy(folder: string): string[] {
  const files = [
    ...sourcesOf(folder),
    ...reachableFrom([`tasks/${folder}/inputs.ts`]),
    'tasks/common/main.ts',
  ];
  const reads =
    /(?:reader|this)\.(?:text|required|choice|flag|wholeNumber|lines)\(\s*'(\w+)'|host\.input\(\s*'(\w+)'|\bpart\('(\w+)',|\(\s*reader,\s*(?:host,\s*)?'(\w+)'/g;
  const names = files.flatMap((file) =>
    [...textOf(file).matchAll(reads)].map((match) => match.slice(1).find((name) => name) ?? ''),
  );
  return [...new Set(names)].sort();
}

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function pngSize(file: string): readonly [number, number] {
  const header = readFileSync(file).subarray(16, 24);
  return [header.readUInt32BE(0), header.readUInt32BE(4)];
}

/** YAML and Markdown files below a folder; of the root only those that lie in it. */
function documentsIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|md)$/.test(name))
    .map((name) => join(folder, name));
}

interface Step {
  readonly task: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Steps with a task of ours, in a YAML file or in the YAML blocks of a Markdown file. */
function stepsIn(file: string): readonly Step[] {
  const text = readFileSync(join(root, file), 'utf8');
  const blocks = file.endsWith('.md')
    ? [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
    : [text];
  return blocks.flatMap((block) => collectSteps(parseDocument(block, { uniqueKeys: false }).toJS()));
}

function collectSteps(value: unknown): Step[] {
  if (Array.isArray(value)) return value.flatMap(collectSteps);
  if (typeof value !== 'object' || value === null) return [];
  const { task, inputs } = value as { task?: unknown; inputs?: unknown };
  const own =
    typeof task === 'string' && task.startsWith('Port')
      ? [{ task, inputs: (inputs ?? {}) as Step['inputs'] }]
      : [];
  return [...own, ...Object.values(value).flatMap(collectSteps)];
}

function assertInput(task: TaskJson, name: string, value: unknown): void {
  const input = task.inputs.find((candidate) => candidate.name === name);
  assert.ok(input !== undefined, `${task.name} has no input ${name}`);
  const text = String(value);
  const isFree =
    input.options === undefined || input.properties?.EditableOptions === 'True' || /\$[({[]/.test(text);
  assert.ok(
    isFree || Object.keys(input.options ?? {}).includes(text),
    `${task.name}: ${name} is never ${text}`,
  );
}
