import { deleteSubscription, querySubscriptions } from '../azure/hooks-api.ts';
import { pathOf } from '../azure/projects.ts';
import { SetupError, messageOf } from '../errors.ts';
import { type Json, recordsOf, textOf } from '../json.ts';
import type { Lab } from './lab.ts';
import { prefix, stampIn } from './names.ts';
import { type PortAnswer, type PortDirect, codeOf } from './port-direct.ts';

/** Something that a probe made. */
interface Trace {
  /** Its identifier, name or id. */
  readonly id: string;
  readonly stamp: string;
  remove(): Promise<void>;
}

type Place = Pick<Lab, 'port' | 'azure' | 'project' | 'until'>;

const part = encodeURIComponent;

/** The list of an answer of Port: for webhooks, workflows and their runs its name is not documented. @throws SetupError where there is none */
function listIn(answer: Json): Json[] {
  const list = Object.values(answer).find((value) => Array.isArray(value));
  if (list === undefined) throw new SetupError('Port answers without a list');
  return recordsOf(list);
}

/** What has a stamp in its name. A secret has no identifier. */
function stampedIn(answer: Json): { id: string; stamp: string }[] {
  return listIn(answer).flatMap(({ identifier, secretName = identifier }) => {
    const [id, stamp] = [textOf(secretName), stampIn(textOf(secretName))];
    return stamp === undefined ? [] : [{ id, stamp }];
  });
}

/** Gone already is as good as removed. What goes with it may take Port a moment: it is tried again. */
async function removeInPort({ port, until }: Place, path: string): Promise<void> {
  let last: PortAnswer | undefined;
  const isGone = await until(async () => {
    last = await port.ask('DELETE', path);
    return last.status < 300 || last.status === 404 || last.status === 403 ? last.status : undefined;
  }, 10);
  if (isGone === undefined || isGone === 403)
    throw new SetupError(`Port answers ${last === undefined ? 'nothing' : codeOf(last)}`);
}

/** A run that is open when its action goes could never be ended. */
async function endRuns(port: PortDirect, action: string): Promise<void> {
  const { runs } = await port.require('GET', `/v1/actions/runs?version=v2&action=${part(action)}`);
  for (const { id, status } of recordsOf(runs)) {
    if (textOf(status) !== 'IN_PROGRESS') continue;
    await port.ask('PATCH', `/v1/actions/runs/${part(textOf(id))}`, {
      status: 'FAILURE',
      statusLabel: 'Stopped',
    });
  }
}

/** The same for those of a workflow, which end with their nodes. */
async function endWorkflowRuns(port: PortDirect, workflow: string): Promise<void> {
  const runs = await port.require('GET', `/v1/workflows/runs?workflowIdentifiers=${part(workflow)}`);
  for (const { identifier, status } of listIn(runs)) {
    if (textOf(status) !== 'COMPLETED')
      await port.ask('POST', `/v1/workflows/runs/${part(textOf(identifier))}/cancel?force=true`);
  }
}

async function subscriptionsOf({ azure, project }: Place): Promise<Trace[]> {
  const [connected, { id: projectId }] = [await azure(), await project()];
  const found = await querySubscriptions(connected, { consumerId: 'webHooks', projectId });
  return found.flatMap((each) => {
    const stamp = stampIn(each.consumerInputs.url ?? '');
    if (stamp === undefined) return [];
    const remove = (): Promise<void> => deleteSubscription(connected, each);
    return [{ id: each.id, stamp, remove }];
  });
}

async function endpointsOf({ azure, project }: Place): Promise<Trace[]> {
  const [connected, of] = [await azure(), await project()];
  const answer = await connected.call('GET', pathOf(of, 'serviceendpoint/endpoints?api-version=7.1'), {
    does: 'list the service connections',
  });
  return recordsOf(answer.value).flatMap(({ id, name }: Json) => {
    const stamp = stampIn(textOf(name));
    if (stamp === undefined) return [];
    const path = `/_apis/serviceendpoint/endpoints/${textOf(id)}?projectIds=${of.id}&api-version=7.1`;
    const remove = async (): Promise<void> => {
      await connected.call('DELETE', path, { does: `delete the service connection ${textOf(name)}` });
    };
    return [{ id: textOf(name), stamp, remove }];
  });
}

const stampedRules = {
  combinator: 'and',
  rules: [{ property: '$identifier', operator: 'contains', value: prefix }],
};

/** What is kept in Port under an identifier. */
interface PortKind {
  readonly list: (port: PortDirect) => Promise<Json>;
  readonly path: (id: string) => string;
  /** What has to be done before it can go. */
  readonly prepare?: (port: PortDirect, id: string) => Promise<void>;
}

const at = (path: string): Pick<PortKind, 'list' | 'path'> => ({
  list: (port) => port.require('GET', path),
  path: (id) => `${path}/${part(id)}`,
});

/** All pages: names of others may begin in the same way. */
async function searchedIn(port: PortDirect, blueprint: string, from?: string): Promise<Json[]> {
  const search = {
    query: stampedRules,
    include: ['$identifier'],
    limit: 1000,
    ...(from !== undefined && { from }),
  };
  const answer = await port.require('POST', `/v1/blueprints/${blueprint}/entities/search`, search);
  const [page, next] = [listIn(answer), textOf(answer.next)];
  return next === '' ? page : [...page, ...(await searchedIn(port, blueprint, next))];
}

/** Users and teams are entities of blueprints that Port brings along. */
const entityOf = (blueprint: string): PortKind => ({
  list: async (port) => ({ entities: await searchedIn(port, blueprint) }),
  path: (id) => `/v1/blueprints/${blueprint}/entities/${part(id)}`,
});

const portKinds = {
  action: { ...at('/v1/actions'), prepare: endRuns },
  workflow: { ...at('/v1/workflows'), prepare: endWorkflowRuns },
  webhook: at('/v1/webhooks'),
  blueprint: {
    ...at('/v1/blueprints'),
    prepare: async (port, id) => {
      await port.ask('DELETE', `/v1/blueprints/${part(id)}/all-entities?delete_blueprint=true`);
    },
  },
  'service account': entityOf('_user'),
  team: entityOf('_team'),
  secret: at('/v1/organization/secrets'),
} as const satisfies Record<string, PortKind>;

async function inPort(kind: keyof typeof portKinds, place: Place): Promise<Trace[]> {
  const { list, path, prepare }: PortKind = portKinds[kind];
  const { port } = place;
  return stampedIn(await list(port)).map(({ id, stamp }) => ({
    id,
    stamp,
    remove: async () => {
      await prepare?.(port, id);
      await removeInPort(place, path(id));
    },
  }));
}

type AzureKind = 'service hook' | 'service connection';
export type TraceKind = AzureKind | keyof typeof portKinds;

export const isInAzure = (kind: TraceKind): kind is AzureKind =>
  kind === 'service hook' || kind === 'service connection';

/** In the order in which they go: first what calls, last what is written to. */
export const traceKinds: readonly TraceKind[] = [
  'service hook',
  'service connection',
  'action',
  'workflow',
  'webhook',
  'blueprint',
  'service account',
  'team',
  'secret',
];

function tracesOf(kind: TraceKind, place: Place): Promise<Trace[]> {
  if (kind === 'service hook') return subscriptionsOf(place);
  if (kind === 'service connection') return endpointsOf(place);
  return inPort(kind, place);
}

/** Once more as long as some went: what relates to another stops that. @returns those that stay, and why */
async function removeAll(traces: readonly Trace[]): Promise<Map<Trace, unknown>> {
  const rest = new Map<Trace, unknown>();
  for (const trace of traces) await trace.remove().catch((error: unknown) => rest.set(trace, error));
  return rest.size === 0 || rest.size === traces.length ? rest : removeAll([...rest.keys()]);
}

/** What became of a sweep. */
export interface Swept {
  /** Nouns with identifiers. */
  readonly removed: readonly string[];
  /** What is still there, or could not be looked for, and why. */
  readonly left: readonly string[];
}

/**
 * Removes what a run of `verify` made. What is there is asked anew, so that what was made by a call whose answer was lost, or
 * by one that was killed, goes too.
 * @param isOurs by the stamp in its name
 * @param remove gives what could not be removed, and why
 */
export async function sweep(
  place: Place,
  wanted: ReadonlySet<TraceKind>,
  isOurs: (stamp: string) => boolean,
  remove = removeAll,
): Promise<Swept> {
  const [removed, left]: [string[], string[]] = [[], []];
  for (const kind of traceKinds.filter((each) => wanted.has(each))) {
    try {
      const traces = (await tracesOf(kind, place)).filter(({ stamp }) => isOurs(stamp));
      const rest = await remove(traces);
      removed.push(...traces.filter((trace) => !rest.has(trace)).map(({ id }) => `${kind} ${id}`));
      left.push(...[...rest].map(([{ id }, error]) => `${kind} ${id}: ${messageOf(error)}`));
    } catch (error) {
      left.push(`${kind}s could not be looked for: ${messageOf(error)}`);
    }
  }
  return { removed, left };
}

/** What a sweep of everything would remove, and removes nothing. */
export const findAll = (place: Place): Promise<Swept> =>
  sweep(
    place,
    new Set(traceKinds),
    () => true,
    () => Promise.resolve(new Map()),
  );
