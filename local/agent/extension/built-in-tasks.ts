import { type TaskDefinition, readTaskDefinition } from './task-definition.ts';

const define = (id: string, name: string, title: string, more: object): TaskDefinition =>
  readTaskDefinition({
    id,
    name,
    friendlyName: title,
    description: title,
    author: 'Microsoft Corporation',
    instanceNameFormat: name,
    ...more,
  });

const script = (id: string, name: string, title: string, major: number) => {
  const names = ['targetType', 'script', 'workingDirectory', ...(name === 'PowerShell' ? ['pwsh'] : [])];
  // The agent takes a path of this type from the sources on.
  const inputs = names.map((input) => ({
    name: input,
    type: input === 'workingDirectory' ? 'filePath' : 'string',
  }));
  return define(id, name, title, { version: { Major: major, Minor: 0, Patch: 0 }, inputs });
};

/** Tasks of Microsoft's own that the agent runs itself, with their public ids. Checkout cleans up after the job. */
export const checkoutTask = define('6d15af64-176c-496d-b583-fd2ae21d4df4', 'Checkout', 'Get sources', {
  version: { Major: 1, Minor: 0, Patch: 0 },
  inputs: [{ name: 'repository', type: 'string' }],
  postjobexecution: {},
});
export const scriptTasks: readonly TaskDefinition[] = [
  script('d9bafed4-0b18-4f58-968d-86655b4d2ce9', 'CmdLine', 'Command Line Script', 2),
  script('6c731c3c-3c68-459a-a5c9-bde6e6595b5b', 'Bash', 'Bash Script', 3),
  script('e213ff0f-5d5c-4791-802d-52ea3e7be1f1', 'PowerShell', 'PowerShell', 2),
];
