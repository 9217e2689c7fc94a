import { createHash } from 'node:crypto';

export interface ExtensionManifest {
  readonly id: string;
  readonly name: string;
  readonly publisher: string;
  readonly version: string;
  readonly links?: Readonly<Record<string, { readonly uri: string }>>;
  readonly repository?: { readonly type: 'git'; readonly uri: string };
  readonly contributions: readonly {
    readonly id: string;
    readonly type: string;
    readonly properties: Readonly<Record<string, unknown>>;
  }[];
}

export interface TaskManifest {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly helpMarkDown: string;
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
}

const endpointType = 'port-api';

/**
 * The second identity for trying changes out: extension id, task GUIDs and names, and endpoint type all differ, since an
 * organization keeps one of each. tfx cannot override the last two.
 */
export const developmentIdentity = {
  extension: (manifest: ExtensionManifest): ExtensionManifest => ({
    ...manifest,
    id: `${manifest.id}-dev`,
    name: `${manifest.name} (dev)`,
    contributions: manifest.contributions.map((contribution) => ({
      ...contribution,
      properties:
        contribution.properties.name === endpointType
          ? { ...contribution.properties, name: `${endpointType}-dev`, displayName: 'Port (dev)' }
          : contribution.properties,
    })),
  }),

  task: (task: TaskManifest): TaskManifest => ({
    ...task,
    id: developmentGuid(task.id),
    name: `${task.name}Dev`,
    friendlyName: `${task.friendlyName} (dev)`,
    inputs: task.inputs.map((input) =>
      input.type === `connectedService:${endpointType}` ? { ...input, type: `${input.type}-dev` } : input,
    ),
  }),
};

/**
 * The links beside the Marketplace page, to the documentation in the repository. Hosts address a file each in their own way;
 * where it is not known, the links lead to the repository.
 * @param repository its address, such as https://github.com/OWNER/NAME or https://dev.azure.com/ORGANIZATION/PROJECT/_git/NAME
 * @throws Error for what is no https address, or holds a user name or password
 */
export function withRepository(manifest: ExtensionManifest, repository: string): ExtensionManifest {
  const uri = addressOf(repository);
  const page = (path: string): { uri: string } => ({ uri: uri + fileAddress(uri, path) });
  return {
    ...manifest,
    links: {
      home: { uri },
      getstarted: page('docs/getting-started.md'),
      learn: page('docs/README.md'),
      support: page('docs/errors.md'),
      license: page('LICENSE'),
    },
    repository: { type: 'git', uri },
  };
}

function addressOf(repository: string): string {
  const url = URL.parse(repository);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new Error(
      `--repository "${repository}" is not the address of a repository: https://, without a user name, as a browser shows it.`,
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$|\.git$/g, '');
}

function fileAddress(uri: string, path: string): string {
  if (uri.includes('/_git/')) return `?path=/${path}`;
  const prefix = { 'github.com': '/blob/HEAD/', 'gitlab.com': '/-/blob/HEAD/' }[new URL(uri).hostname];
  return prefix === undefined ? '' : prefix + path;
}

/** A task whose help, which each step prints at the top of its log, has the address of the Marketplace page. */
export function withPage(task: TaskManifest, { publisher, id }: ExtensionManifest): TaskManifest {
  const page = `https://marketplace.visualstudio.com/items?itemName=${publisher}.${id}`;
  const words = "The extension's Marketplace page";
  if (!task.helpMarkDown.includes(words)) throw new Error(`The help of ${task.name} does not name the page.`);
  return { ...task, helpMarkDown: task.helpMarkDown.replace(words, `[${words}](${page})`) };
}

/** A GUID that is always the same for the same task, and not the task's own. */
function developmentGuid(id: string): string {
  const hex = createHash('sha256').update(`dev ${id}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
