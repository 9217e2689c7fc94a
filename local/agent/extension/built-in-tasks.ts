import { type TaskDefinition, readTaskDefinition } from './task-definition.ts';

const input = (name: string, defaultValue = '') => ({ name, type: 'string', defaultValue });

const scriptInputs = [
  input('targetType', 'inline'),
  input('filePath'),
  input('arguments'),
  input('script'),
  input('workingDirectory'),
  input('failOnStderr', 'false'),
];

const define = (id: string, name: string, title: string, major: number): TaskDefinition =>
  readTaskDefinition({
    id,
    name,
    friendlyName: title,
    description: `Run a ${name} script`,
    author: 'Microsoft Corporation',
    version: { Major: major, Minor: 0, Patch: 0 },
    instanceNameFormat: title,
    inputs: scriptInputs,
  });

/** Tasks of Microsoft's own that the agent runs itself, with their public ids. */
export const checkoutTask = define('6d15af64-176c-496d-b583-fd2ae21d4df4', 'Checkout', 'Get sources', 1);
export const scriptTasks: readonly TaskDefinition[] = [
  define('d9bafed4-0b18-4f58-968d-86655b4d2ce9', 'CmdLine', 'Command Line Script', 2),
  define('6c731c3c-3c68-459a-a5c9-bde6e6595b5b', 'Bash', 'Bash Script', 3),
  define('e213ff0f-5d5c-4791-802d-52ea3e7be1f1', 'PowerShell', 'PowerShell Script', 2),
];
