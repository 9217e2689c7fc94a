import type { Azure } from '../azure/client.ts';
import type { Subscription } from '../azure/hook-types.ts';
import { querySubscriptions } from '../azure/hooks-api.ts';
import { openAzure } from '../azure/open.ts';
import { listProjects } from '../azure/projects.ts';
import { colors as pc } from '../colors.ts';
import type { CommandContext } from '../command-context.ts';
import { shown, table } from '../output.ts';
import { type HookFlags, projectIdOf } from './flags.ts';
import { meaningful } from './reconcile.ts';

const longestLine = 150;

const cut = (text: string): string =>
  text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text;

/** What goes where: the filters but the project, which has a column of its own, and the receiver. */
function pathOf({ publisherInputs, consumerInputs, ...subscription }: Subscription): string {
  const filters = Object.entries(meaningful(publisherInputs, new Set(['projectId'])));
  const receiver = consumerInputs.url ?? consumerInputs.queueName ?? subscription.actionDescription;
  const consumer = `${subscription.consumerId}/${subscription.consumerActionId}`;
  return [...filters.map(([id, value]) => `${id}=${value}`), '->', consumer, receiver].join(' ');
}

/** A subscription in one line, for what is done with it. */
export const summaryOf = (each: Subscription): string =>
  cut(shown(`${each.id}  ${each.publisherId}/${each.eventType}  ${pathOf(each)}`));

/** Names of the projects by id; those that cannot be read are missing, for a list is readable without. */
async function projectNames(
  azure: Azure,
  subscriptions: readonly Subscription[],
): Promise<Map<string, string>> {
  if (!subscriptions.some(({ publisherInputs }) => (publisherInputs.projectId ?? '') !== ''))
    return new Map();
  try {
    return new Map((await listProjects(azure)).map(({ id, name }) => [id, name]));
  } catch {
    return new Map();
  }
}

/** Two lines for each, for an event, its filters and an address do not fit into one. */
function linesOf(subscriptions: readonly Subscription[], names: ReadonlyMap<string, string>): string[] {
  const rows = subscriptions.map(({ id, status, publisherId, eventType, publisherInputs }) => {
    const { projectId = '' } = publisherInputs;
    const project = projectId === '' ? '(all)' : (names.get(projectId) ?? projectId);
    return [id, status, shown(project), `${publisherId}/${eventType}`];
  });
  const [header = '', ...first] = table([['ID', 'STATUS', 'PROJECT', 'EVENT'], ...rows]);
  const second = subscriptions.map((each) => cut(`  ${shown(pathOf(each))}`));
  return [pc.bold(header), ...first.flatMap((line, index) => [line, second[index] ?? ''])];
}

export async function listHooks(flags: HookFlags, { environment, output }: CommandContext): Promise<void> {
  const { azure } = await openAzure(flags, environment);
  const [consumerId, consumerActionId] = flags.consumer?.split('/') ?? [];
  const found = await querySubscriptions(azure, {
    publisherId: flags.publisher,
    eventType: flags.event,
    consumerId,
    consumerActionId,
    projectId: await projectIdOf(azure, flags.project),
  });
  output.json(found.map((each) => each.raw));
  if (found.length === 0) output.line('No subscription.');
  else if (!output.isJson)
    for (const line of linesOf(found, await projectNames(azure, found))) output.line(line);
}
