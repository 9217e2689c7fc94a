import { createHash } from 'node:crypto';

export interface ExtensionManifest {
  readonly id: string;
  readonly name: string;
  readonly publisher: string;
  readonly version: string;
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
