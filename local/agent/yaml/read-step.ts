import { refuse } from '../errors.ts';
import { Fields } from './fields.ts';
import type { Step } from './pipeline.ts';
import type { Node } from './tree.ts';

/** The checkout that a job has when it names none. */
export const checkoutStep: Step = {
  at: '',
  task: 'Checkout@1',
  inputs: { repository: 'self' },
  name: undefined,
  displayName: undefined,
  condition: undefined,
  continueOnError: false,
  isEnabled: true,
  environment: {},
  timeoutInMinutes: 0,
  retryCountOnTaskFailure: 0,
};

type Kind = Pick<Step, 'task' | 'inputs'>;

/** Reads a step: `task`, `script`, `bash`, `pwsh`, `powershell` or `checkout`. */
export function readStep(node: Node): Step {
  if (node.kind !== 'mapping') return refuse(node.at, `A ${node.kind} was not expected: a step is a mapping`);
  const word = node.entries[0]?.key.text ?? '';
  const fields = new Fields(node, `a '${word}' step`);
  const read = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  if (read === undefined) return refuse(node.at, `the local agent does not know '${word}' as a step`);
  const step: Step = {
    at: node.at,
    ...read(fields),
    name: fields.text('name'),
    displayName: fields.text('displayName'),
    condition: fields.text('condition'),
    continueOnError: fields.flag('continueOnError', false),
    isEnabled: fields.flag('enabled', true),
    environment: fields.texts('env'),
    timeoutInMinutes: fields.number('timeoutInMinutes', 0),
    retryCountOnTaskFailure: fields.number('retryCountOnTaskFailure', 0),
  };
  fields.end();
  return step;
}

const kinds: Readonly<Record<string, (fields: Fields) => Kind>> = {
  task: (fields) => {
    const task = fields.text('task') ?? '';
    if (!/^[^@\s]+@\d+(\.\d+\.\d+)?$/.test(task))
      refuse(fields.at, `'${task}' is no task name such as Name@1`);
    return { task, inputs: fields.texts('inputs') };
  },
  script: (fields) => ({
    task: 'CmdLine@2',
    inputs: { script: fields.text('script') ?? '', ...scriptInputs(fields) },
  }),
  bash: (fields) => ({
    task: 'Bash@3',
    inputs: { targetType: 'inline', script: fields.text('bash') ?? '', ...scriptInputs(fields) },
  }),
  pwsh: (fields) => powerShell(fields, 'pwsh'),
  powershell: (fields) => powerShell(fields, 'powershell'),
  checkout: (fields) => {
    const repository = fields.text('checkout') ?? '';
    if (repository !== 'self' && repository !== 'none') {
      refuse(fields.at, `the local agent does not know 'checkout: ${repository}'`);
    }
    fields.ignore('clean', 'fetchDepth', 'fetchTags', 'lfs', 'submodules', 'persistCredentials');
    return { task: checkoutStep.task, inputs: { repository } };
  },
};

function powerShell(fields: Fields, word: 'pwsh' | 'powershell'): Kind {
  const script = fields.text(word) ?? '';
  const inputs = { targetType: 'inline', script, pwsh: String(word === 'pwsh'), ...scriptInputs(fields) };
  return { task: 'PowerShell@2', inputs };
}

function scriptInputs(fields: Fields): Record<string, string> {
  const workingDirectory = fields.text('workingDirectory');
  return workingDirectory === undefined ? {} : { workingDirectory };
}
