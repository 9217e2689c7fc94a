import pc from 'picocolors';
import type { Subscription } from '../azure/hook-types.ts';
import {
  deleteSubscription,
  getSubscription,
  listConsumers,
  listPublishers,
  querySubscriptions,
} from '../azure/hooks-api.ts';
import { openAzure } from '../azure/open.ts';
import type { CommandContext } from '../command-context.ts';
import { shown, table } from '../output.ts';
import { type HookFlags, projectIdOf } from './flags.ts';
import { meaningful } from './reconcile.ts';

const row = (each: Subscription): string[] => [
  each.id,
  each.status,
  `${each.publisherId}/${each.eventType}`,
  `${each.consumerId}/${each.consumerActionId}`,
  shown(
    Object.entries(meaningful(each.publisherInputs))
      .map(([id, value]) => `${id}=${value}`)
      .join(' ') +
      ` -> ${each.consumerInputs.url ?? each.consumerInputs.queueName ?? each.actionDescription}`,
  ),
];

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
  for (const line of table(found.map(row))) output.line(line);
  if (found.length === 0) output.line('No subscription.');
}

export async function deleteHooks(
  ids: readonly string[],
  flags: HookFlags,
  { environment, output }: CommandContext,
): Promise<void> {
  const { azure } = await openAzure(flags, environment);
  const all: Subscription[] = [];
  // All are read first, so that a wrong id ends the command before any other is gone.
  for (const id of ids) all.push(await getSubscription(azure, id));
  for (const subscription of all) {
    if (flags.dryRun !== true) await deleteSubscription(azure, subscription);
    output.line(
      `${pc.green(flags.dryRun === true ? 'would be deleted' : 'deleted')}  ${row(subscription).join('  ')}`,
    );
  }
  output.json({ dryRun: flags.dryRun === true, deleted: all.map(({ id }) => id) });
}

export async function listEvents(
  name: string | undefined,
  flags: HookFlags & { readonly consumers?: boolean },
  { environment, output }: CommandContext,
): Promise<void> {
  const { azure } = await openAzure(flags, environment);
  const all =
    flags.consumers === true
      ? (await listConsumers(azure)).map((each) => ({
          ...each,
          id: `${each.consumerId}/${each.id}`,
          versions: [],
        }))
      : await listPublishers(azure);
  const found = all.filter(
    (each) => name === undefined || each.id.toLowerCase().includes(name.toLowerCase()),
  );
  output.json(found);
  for (const { id, name: title, versions, inputs } of found) {
    output.line(
      `${pc.bold(id)}  ${shown(title)}${versions.length > 0 ? `  (versions ${versions.join(', ')})` : ''}`,
    );
    if (name === undefined) continue;
    for (const input of inputs) {
      const marks = [input.isRequired ? 'required' : '', input.isConfidential ? 'secret' : ''].filter(
        (mark) => mark !== '',
      );
      output.line(
        `  ${input.id}  ${[...marks, input.values.join(' | ')].filter((part) => part !== '').join('  ')}`.trimEnd(),
      );
    }
  }
  if (found.length === 0) output.line('Nothing of that name.');
}
