import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readInputs } from '../../tasks/PortExecuteAction/inputs.ts';
import { type EarlierTry, RetryState } from '../../tasks/PortExecuteAction/retry-state.ts';
import { FakeHost } from './fake-host.ts';
import { type TaskSetting, swiftClock } from './task-setting.ts';

/** What steps of PortExecuteAction have left in the temporary folder for their next try, as names. */
export const memoryFiles = ({ folder }: TaskSetting): string[] =>
  readdirSync(join(folder, '_temp')).filter((name) => name.startsWith('port-start-'));

/** The path of the only one. */
export function memoryFile(setting: TaskSetting): string {
  const [name, ...others] = memoryFiles(setting);
  assert.ok(name !== undefined && others.length === 0, memoryFiles(setting).join(', '));
  return join(setting.folder, '_temp', name);
}

/** Writes what a step that starts the action scale with these inputs would have, and returns the file. */
export async function remember(
  setting: TaskSetting,
  earlier: EarlierTry,
  {
    inputs = {},
    age = 0,
  }: { readonly inputs?: Readonly<Record<string, string>>; readonly age?: number } = {},
): Promise<string> {
  const { clientId, clientSecret, url: baseUrl } = setting.port;
  const host = new FakeHost({
    inputs: { clientId, clientSecret, baseUrl, action: 'scale', wait: 'false', ...inputs },
    variables: { 'Agent.TempDirectory': join(setting.folder, '_temp') },
  });
  const clock = { ...swiftClock(), now: () => Date.now() - age };
  const { signal } = new AbortController();
  await new RetryState({ host, clock, signal }, readInputs(host)).save(earlier);
  return memoryFile(setting);
}
