import pc from 'picocolors';
import type { Azure } from '../azure/client.ts';
import type { Subscription, Wanted } from '../azure/hooks.ts';
import {
  deleteSubscription,
  getSubscription,
  listConsumers,
  listPublishers,
  querySubscriptions,
} from '../azure/hooks.ts';
import { findProject } from '../azure/projects.ts';
import type { AzureFlags } from '../session.ts';
import { openAzure } from '../session.ts';
import type { Environment } from '../sign-in.ts';
import type { Output } from '../output.ts';
import { shown, table } from '../output.ts';
import { redactorOf } from '../../tasks/common/redaction.ts';
import { isTargetHidden, meaningful } from './compare.ts';
import { carryOut, decide } from './ensure.ts';
import type { Decision } from './ensure.ts';
import { readPairs, readPairsFromEnvironment } from './pairs.ts';
import type { Asked, Checked } from './wanted.ts';
import { checkAsked } from './wanted.ts';

export interface HookFlags extends AzureFlags {
  readonly project?: string;
  readonly publisher?: string;
  readonly event?: string;
  readonly consumer?: string;
  readonly filter: readonly string[];
  readonly input: readonly string[];
  readonly inputEnv: readonly string[];
  readonly resourceVersion?: string;
  readonly allowHttp?: boolean;
  readonly minimal?: boolean;
  readonly rewrite?: boolean;
  readonly new?: boolean;
  readonly dryRun?: boolean;
}

export interface Context {
  readonly environment: Environment;
  readonly output: Output;
}

async function projectIdOf(azure: Azure, name: string | undefined): Promise<string | undefined> {
  return name === undefined ? undefined : (await findProject(azure, name)).id;
}

/** The options of `create` and `test` as a wish; what is missing has been told by the parser. */
export async function askedBy(azure: Azure, flags: HookFlags, environment: Environment): Promise<Asked> {
  const projectId = await projectIdOf(azure, flags.project);
  const { publisher, resourceVersion } = flags;
  return {
    event: flags.event ?? '',
    filters: readPairs(flags.filter, '--filter'),
    consumer: flags.consumer ?? '',
    inputs: {
      ...readPairs(flags.input, '--input'),
      ...readPairsFromEnvironment(flags.inputEnv, environment),
    },
    isHttpAllowed: flags.allowHttp === true,
    isMinimal: flags.minimal === true,
    ...(publisher !== undefined && { publisher }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(projectId !== undefined && { projectId }),
  };
}

/** What may be shown of a wish: neither what is confidential nor what came from the environment. */
function hideSecrets({ wanted, confidential }: Checked, { inputEnv }: HookFlags): Wanted {
  const fromEnvironment = readPairs(inputEnv, '--input-env');
  const isHidden = (id: string): boolean => confidential.has(id) || id in fromEnvironment;
  const inputs = Object.entries(wanted.consumerInputs);
  return {
    ...wanted,
    consumerInputs: Object.fromEntries(inputs.map(([id, value]) => [id, isHidden(id) ? '***' : value])),
  };
}

const actions = { create: 'created', keep: 'unchanged', repair: 'repaired' } as const;

function tell(
  output: Output,
  decision: Decision,
  { id, status, isDryRun }: { id: string; status: string; isDryRun: boolean },
): void {
  const done = isDryRun
    ? { create: 'would be created', keep: 'would stay', repair: 'would be repaired' }
    : actions;
  const color = decision.kind === 'keep' ? pc.dim : pc.green;
  output.line(`${color(done[decision.kind])}  ${id}  ${status}`.trimEnd());
  if (decision.kind === 'repair') for (const fault of decision.faults) output.line(`  ${shown(fault)}`);
}

export async function createHook(flags: HookFlags, { environment, output }: Context): Promise<void> {
  const { azure } = await openAzure(flags, environment);
  const checked = await checkAsked(azure, await askedBy(azure, flags, environment));
  const decision: Decision =
    flags.new === true ? { kind: 'create' } : await decide(azure, checked, flags.rewrite === true);
  if (decision.kind !== 'create' && isTargetHidden(checked)) {
    output.progress(
      `The address of ${decision.subscription.id} cannot be read back; it is taken for the one you gave. --new makes another one.`,
    );
  }
  const faults = decision.kind === 'repair' ? decision.faults : [];
  if (flags.dryRun === true) {
    const id = decision.kind === 'create' ? '' : decision.subscription.id;
    tell(output, decision, { id, status: '', isDryRun: true });
    if (!output.isJson) output.line(JSON.stringify(hideSecrets(checked, flags), undefined, 2));
    output.json({
      dryRun: true,
      action: decision.kind,
      id,
      faults,
      subscription: hideSecrets(checked, flags),
    });
    return;
  }
  const { id, status, raw } = await carryOut(azure, checked.wanted, decision);
  tell(output, decision, { id, status, isDryRun: false });
  // An address can be a secret too, and comes back in clear: what the environment gave is not shown.
  const redact = redactorOf(Object.values(readPairsFromEnvironment(flags.inputEnv, environment)));
  const subscription: unknown = JSON.parse(redact(JSON.stringify(raw)));
  output.json({ action: actions[decision.kind], id, status, faults, subscription });
}

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

export async function listHooks(flags: HookFlags, { environment, output }: Context): Promise<void> {
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
  { environment, output }: Context,
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
  { environment, output }: Context,
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
