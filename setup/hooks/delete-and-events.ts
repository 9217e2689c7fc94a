import { listAllEvents, listConsumers } from '../azure/hook-catalog.ts';
import type { Subscription } from '../azure/hook-types.ts';
import { deleteSubscription, getSubscription } from '../azure/hooks-api.ts';
import { openAzure } from '../azure/open.ts';
import { colors as pc } from '../colors.ts';
import type { CommandContext } from '../command-context.ts';
import { endFailed } from '../end-failed.ts';
import { shown } from '../output.ts';
import type { HookFlags } from './flags.ts';
import { summaryOf } from './list-hooks.ts';

export async function deleteHooks(
  ids: readonly string[],
  flags: HookFlags,
  { environment, output }: CommandContext,
): Promise<void> {
  const { azure } = await openAzure(flags, environment);
  const all: Subscription[] = [];
  // All are read first, so that a wrong id ends the command before any other is gone.
  for (const id of ids) all.push(await getSubscription(azure, id));
  const isDryRun = flags.dryRun === true;
  const deleted: string[] = [];
  for (const subscription of all) {
    try {
      if (!isDryRun) await deleteSubscription(azure, subscription);
    } catch (error) {
      const left = all.map(({ id }) => id).filter((id) => !deleted.includes(id));
      endFailed(output, error, { dryRun: isDryRun, deleted, left });
      return;
    }
    deleted.push(subscription.id);
    output.line(`${pc.green(isDryRun ? 'would be deleted' : 'deleted')}  ${summaryOf(subscription)}`);
  }
  output.json({ dryRun: isDryRun, deleted });
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
      : await listAllEvents(azure);
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
