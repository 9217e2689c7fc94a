import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { isObject, itemsOf } from '../expressions/values.ts';
import { type TaskDefinition, readTaskDefinition } from './task-definition.ts';

export interface InstalledTask {
  readonly definition: TaskDefinition;
  /** Absolute path of the folder that holds task.json. */
  readonly directory: string;
}

export interface InstalledExtension {
  readonly publisher: string;
  readonly id: string;
  readonly version: string;
  /** Absolute path of the unpacked package. */
  readonly directory: string;
  readonly tasks: readonly InstalledTask[];
  /** Properties of the contributed service connection types; `name` is the type. */
  readonly endpointTypes: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Unpacks a .vsix into a folder of its own below `intoDirectory` and reads what it contributes.
 * Throws when the package has no manifest or a task has none.
 */
export async function installExtension(vsixPath: string, intoDirectory: string): Promise<InstalledExtension> {
  const files = unzipSync(await readFile(vsixPath));
  const identity = readIdentity(fileText(files, 'extension.vsixmanifest'));
  const directory = resolve(intoDirectory, `${identity.publisher}.${identity.id}-${identity.version}`);
  await writeFiles(files, directory);
  const manifest: unknown = JSON.parse(fileText(files, 'extension.vsomanifest'));
  const contributions = isObject(manifest) ? (itemsOf(manifest.contributions) ?? []).filter(isObject) : [];
  const folders = contributions.filter(hasType('ms.vss-distributed-task.task')).map(propertiesOf);
  const tasks = await Promise.all(folders.map(({ name }) => readTasks(join(directory, String(name)))));
  return {
    ...identity,
    directory,
    tasks: tasks.flat(),
    endpointTypes: contributions.filter(hasType('ms.vss-endpoint.service-endpoint-type')).map(propertiesOf),
  };
}

type Files = Readonly<Record<string, Uint8Array>>;

function fileText(files: Files, name: string): string {
  const content = files[name];
  if (content === undefined) throw new Error(`The package has no ${name}`);
  return Buffer.from(content)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

/** Publisher, id and version from the package's XML manifest: `<Identity Id=… Version=… Publisher=…>`. */
function readIdentity(manifest: string): Pick<InstalledExtension, 'publisher' | 'id' | 'version'> {
  const element = /<Identity\b[^>]*>/.exec(manifest)?.[0] ?? '';
  const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(element)?.[1];
  const [publisher, id, version] = ['Publisher', 'Id', 'Version'].map(attribute);
  if (!publisher || !id || !version) throw new Error('extension.vsixmanifest has no identity');
  return { publisher, id, version };
}

async function writeFiles(files: Files, directory: string): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = resolve(directory, decodeURIComponent(name));
    if (!path.startsWith(directory + sep))
      throw new Error(`The package holds a path outside itself: ${name}`);
    if (name.endsWith('/')) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

const hasType = (type: string) => (contribution: Record<string, unknown>) => contribution.type === type;
const propertiesOf = ({ properties }: Record<string, unknown>) => (isObject(properties) ? properties : {});

/** task.json stands in the folder itself or in its direct children, one for each major version. */
async function readTasks(folder: string): Promise<InstalledTask[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const hasTask = entries.some((entry) => entry.name === 'task.json');
  const children = entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  const found = await Promise.all((hasTask ? [folder] : children).map(readTask));
  const tasks = found.filter((task) => task !== undefined);
  if (tasks.length === 0) throw new Error(`The task folder ${folder} has no task.json`);
  return tasks;
}

async function readTask(directory: string): Promise<InstalledTask | undefined> {
  const content = await readFile(join(directory, 'task.json'), 'utf8').catch(() => undefined);
  return content === undefined
    ? undefined
    : { definition: readTaskDefinition(JSON.parse(content)), directory };
}
