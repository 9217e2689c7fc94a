import { plainText } from '../../tasks/common/text/plain-text.ts';
import type { Build } from '../azure-devops/index.ts';
import type { JsonObject, NodeRun, Run } from '../port/index.ts';
import { type Form, type FormLoop, button, formGroups } from './forms.ts';

/** A run, a pipeline's run or an entity, as texts. */
export interface Item {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  /** The run's label; empty where it has none. */
  readonly label: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Without `href` where it is no address that a browser should follow. */
  readonly links: readonly { readonly text: string; readonly href?: string }[];
  readonly log: string;
  readonly forms: readonly Form[];
}

export interface View {
  readonly runs: readonly Item[];
  readonly builds: readonly Item[];
  readonly entities: readonly Item[];
  readonly groups: ReturnType<typeof formGroups>;
}

/** How many of each are shown. */
const most = 30;

/** What there is to see, the newest first. */
export function viewOf(loop: FormLoop): View {
  const { store } = loop.port;
  const { builds, refusals } = loop.azureDevOps.store;
  const newest = <T>(items: Iterable<T>): T[] => [...items].reverse().slice(0, most);
  return {
    runs: [
      ...newest(store.nodeRuns.values()).map((run) => nodeItem(loop, run)),
      ...newest(store.runs.values()).map((run) => runItem(loop, run)),
    ],
    builds: [
      ...newest(refusals).map((refusal, index) => refusalItem(refusal, index)),
      ...newest(builds.values()).map((build) => buildItem(loop, build)),
    ],
    entities: newest([...store.entities.values()].flatMap((each) => [...each.values()])).map((entity) => ({
      ...nothing,
      id: `entity/${entity.blueprint}/${entity.identifier}`,
      title: `${entity.blueprint} ${entity.identifier}`,
      facts: factsOf({ ...entity.properties, ...entity.relations }),
    })),
    groups: formGroups(loop),
  };
}

const nothing = { status: '', label: '', facts: [], links: [], log: '', forms: [] };

const factsOf = (values: JsonObject): [string, string][] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, plainText(textOf(value))]],
  );

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function runItem(loop: FormLoop, run: Run): Item {
  const { store } = loop.port;
  const { id, action, status, statusLabel, externalRunId, entity, properties, summary } = run;
  const title = store.actions.get(action)?.title ?? action;
  return {
    ...{ id, title, status, label: plainText(statusLabel ?? '') },
    facts: factsOf({ run: id, entity, ...properties, 'external id': externalRunId, summary }),
    links: [
      ...[run.link ?? []].flat().map((link) => linkOf(loop, link)),
      ...(store.runEntities.get(id) ?? []).map(({ blueprint, identifier, operation }) => ({
        text: `${operation} ${blueprint} ${identifier}`,
        href: `#entity/${blueprint}/${identifier}`,
      })),
    ],
    log: plainText(
      store
        .logsOf(id)
        .map(({ message }) => `${message}\n`)
        .join(''),
    ),
    forms: runForms(loop, run),
  };
}

/** An approver's two buttons; and those of a backend that only a Port with Kafka or an integration has. */
function runForms({ port, user }: FormLoop, { id, status, action }: Run): Form[] {
  const path = `/v1/actions/runs/${id}`;
  const buttonOf = (title: string, to: string, value: string): Form =>
    button(`${id}/${value}`, title, () => user.call('PATCH', `${path}${to}`, { status: value }));
  if (status === 'WAITING_FOR_APPROVAL')
    return [buttonOf('Approve', '/approval', 'APPROVE'), buttonOf('Decline', '/approval', 'DECLINE')];
  const { type = '' } = port.store.actions.get(action)?.invocationMethod ?? {};
  if (status !== 'IN_PROGRESS' || !['KAFKA', 'INTEGRATION_ACTION'].includes(type)) return [];
  return [buttonOf('End as SUCCESS', '', 'SUCCESS'), buttonOf('End as FAILURE', '', 'FAILURE')];
}

function nodeItem(loop: FormLoop, run: NodeRun): Item {
  const { identifier, nodeIdentifier, status, result, statusLabel = '', externalRunId, output } = run;
  return {
    ...{ id: identifier, title: nodeIdentifier, status: result ?? status, label: plainText(statusLabel) },
    facts: factsOf({ run: identifier, 'external id': externalRunId, ...output }),
    links: run.links.map((link) => linkOf(loop, link)),
    log: plainText(run.logs.map(({ level, message }) => `${level} ${message}\n`).join('')),
    forms: [],
  };
}

/** The page of a pipeline's run stands on this page. */
function linkOf({ azureDevOps }: FormLoop, link: string): Item['links'][number] {
  const build = [...azureDevOps.store.builds.keys()].find((id) => azureDevOps.buildPage(id) === link);
  if (build !== undefined) return { text: link, href: `#build/${build}` };
  return { text: plainText(link), ...(/^https?:\/\//i.test(link) && { href: link }) };
}

/** What the agent prints around every step. */
const frame =
  /^(=====|Task {9}:|Description  :|Version {6}:|Author {7}:|Help {9}:|Agent name|Cleaning up|Start cleaning).*\n/gm;

function buildItem(
  { azureDevOps }: FormLoop,
  { id, pipeline, number, status, result, request }: Build,
): Item {
  const buttons = [
    button(`build/${id}/cancel`, 'Cancel', () => azureDevOps.cancel(id)),
    button(`build/${id}/lose`, 'Kill the agent', () => azureDevOps.loseAgent(id)),
  ];
  return {
    ...{
      id: `build/${id}`,
      title: `${pipeline.name} ${number}`,
      status: result ?? status,
      label: '',
      links: [],
    },
    facts: [['started by', request.reason === 'manual' ? 'hand' : 'Port']],
    log: plainText(azureDevOps.buildLog(id).replace(frame, '')),
    forms: status === 'completed' ? [] : buttons,
  };
}

const refusalItem = ({ pipeline, message }: { pipeline: string; message: string }, index: number): Item => ({
  ...{ ...nothing, id: `refusal/${index}`, title: pipeline, status: 'not started', log: plainText(message) },
});

export interface Watch {
  /** Tells of what has changed right now. */
  look(): void;
  stop(): void;
}

/**
 * Calls the listener with what there is to see, now and whenever it has changed: at once for Port, within half a second
 * for pipelines.
 */
export function watchView(loop: FormLoop, listener: (view: View, json: string) => void): Watch {
  let last = '';
  const look = (): void => {
    const view = viewOf(loop);
    const json = JSON.stringify(view);
    if (json === last) return;
    last = json;
    listener(view, json);
  };
  let soon: NodeJS.Immediate | undefined;
  const stop = loop.port.onChange(() => {
    soon ??= setImmediate(() => {
      soon = undefined;
      look();
    });
  });
  const timer = setInterval(look, 500);
  look();
  return {
    look,
    stop() {
      clearInterval(timer);
      clearImmediate(soon);
      stop();
    },
  };
}
