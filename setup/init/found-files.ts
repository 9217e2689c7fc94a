import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../../tasks/common/json.ts';
import { readInputFile } from '../input-file.ts';
import { recordOf, recordsOf, textOf } from '../json.ts';

/** What a folder holds of a loop; paths are relative to it, with `/`. */
export interface FoundFiles {
  readonly blueprints: readonly string[];
  readonly actions: readonly string[];
  /** The first pipeline that names a webhook, and the service connection that it names. */
  readonly pipeline: { readonly file: string; readonly connection: string } | undefined;
}

/** How many folders deep it is looked. */
const depth = 3;

async function filesIn(folder: string, left = depth): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const all = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return left === 0 || /^(\.|node_modules$)/.test(entry.name) ? [] : filesIn(path, left - 1);
      return /\.(json|ya?ml)$/i.test(entry.name) ? [path] : [];
    }),
  );
  return all.flat().sort();
}

/** Undefined for what cannot be read: it is none of the loop's then. */
async function valueOf(file: string): Promise<unknown> {
  try {
    return parse(await readInputFile(file)) as unknown;
  } catch {
    return undefined;
  }
}

/** Looks for Port's JSON and for a pipeline that a webhook starts. */
export async function findFiles(folder: string): Promise<FoundFiles> {
  const blueprints: string[] = [];
  const actions: string[] = [];
  const pipelines: { file: string; connection: string }[] = [];
  for (const path of await filesIn(folder)) {
    const value = await valueOf(path);
    const file = relative(folder, path).replaceAll('\\', '/');
    if (!isRecord(value)) continue;
    const [webhook] = recordsOf(recordOf(value.resources).webhooks);
    if (webhook !== undefined) pipelines.push({ file, connection: textOf(webhook.connection) });
    else if (typeof value.identifier !== 'string') continue;
    else if (isRecord(value.invocationMethod) && recordOf(value.trigger).type === 'self-service')
      actions.push(file);
    else if (isRecord(value.schema)) blueprints.push(file);
  }
  return { blueprints, actions, pipeline: pipelines[0] };
}
