import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExtensionJson, Manifests, TaskJson } from './manifest-rules.ts';

export const root = join(import.meta.dirname, '..');

/** Reads the extension's manifests; tasks in the order of the extension's contributions. */
export function readManifests(): Manifests {
  const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(root, ...path), 'utf8'));
  const folders = readdirSync(join(root, 'tasks')).filter((name) =>
    existsSync(join(root, 'tasks', name, 'task.json')),
  );
  const extension = json('vss-extension.json') as ExtensionJson;
  const order = extension.contributions.map(({ properties }) => properties.name ?? '');
  folders.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return {
    packageVersion: (json('package.json') as { version: string }).version,
    extension,
    tasks: Object.fromEntries(
      folders.map((folder) => [folder, json('tasks', folder, 'task.json') as TaskJson]),
    ),
  };
}
