export type Language = 'bash' | 'cmd' | 'powershell' | 'python' | 'rest';

/** How a task is told its script. */
export interface ScriptTask {
  readonly language: Language;
  /** Inputs that hold the script itself. */
  readonly inline: readonly string[];
  /** Inputs that name a file with it. */
  readonly file: readonly string[];
}

const bash = {
  language: 'bash',
  inline: ['script', 'inlineScript'],
  file: ['filePath', 'scriptPath'],
} as const;
const powershell = { ...bash, language: 'powershell', inline: ['script', 'inlineScript', 'Inline'] } as const;

/** Tasks that run scripts, with the ids under which classic pipelines know them (microsoft/azure-pipelines-tasks, task.json). */
const tasks: readonly (readonly [name: string, id: string, ScriptTask])[] = [
  ['Bash', '6c731c3c-3c68-459a-a5c9-bde6e6595b5b', bash],
  ['CmdLine', 'd9bafed4-0b18-4f58-968d-86655b4d2ce9', { ...bash, file: [] }],
  ['ShellScript', '6c731c3c-3c68-459a-a5c9-bde6e6595b5c', bash],
  ['AzureCLI', '46e4be58-730b-4389-8a2f-ea10b3e5e815', bash],
  ['PowerShell', 'e213ff0f-5d5c-4791-802d-52ea3e7be1f1', powershell],
  ['AzurePowerShell', '72a1931b-effb-4d2e-8fd8-f8472a07cb62', { ...powershell, file: ['ScriptPath'] }],
  ['PythonScript', '6392f95f-7e76-4a18-b3c7-7f078d2f7700', { ...bash, language: 'python' }],
  [
    'InvokeRESTAPI',
    '9c3e8943-130d-4c78-ac63-8af81df62dfb',
    { language: 'rest', inline: ['urlSuffix', 'body'], file: [] },
  ],
];

/** The script task of a name such as `Bash@3`, or of a classic pipeline's task id. */
export function scriptTask(nameOrId: string): ScriptTask | undefined {
  const name = nameOrId.split('@', 1)[0]?.toLowerCase();
  return tasks.find(([each, id]) => each.toLowerCase() === name || id === name)?.[2];
}

/** Steps that are a script by their first key. */
export const shortcuts: Readonly<Record<string, Language>> = {
  script: 'bash',
  bash: 'bash',
  pwsh: 'powershell',
  powershell: 'powershell',
};
