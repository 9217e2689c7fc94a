import { isLoopback } from '../../tasks/common/network/proxy.ts';
import type { Azure } from '../azure/client.ts';
import { getEventType, inputValues, listConsumers, listPublishers } from '../azure/hook-catalog.ts';
import { publisherOf } from '../azure/hook-hosts.ts';
import type {
  ConsumerAction,
  EventType,
  InputDescriptor,
  Inputs,
  SubscriptionSettings,
} from '../azure/hook-types.ts';
import { UsageError } from '../errors.ts';

/** What the flags say, before it is compared with what Azure DevOps offers. */
export interface HookRequest {
  /** `build.complete`; the publisher is found by it. */
  readonly event: string;
  readonly publisher?: string;
  readonly resourceVersion?: string;
  readonly filters: Inputs;
  /** `webHooks/httpRequest` */
  readonly consumer: string;
  readonly inputs: Inputs;
  /** Of the inputs those that stand in the command's arguments. */
  readonly argumentInputs?: readonly string[];
  readonly projectId?: string;
  /** Http is fine for a receiver on this machine. */
  readonly isHttpAllowed: boolean;
  /** Sends no more inputs than were given. */
  readonly isMinimal: boolean;
}

/** A subscription that Azure DevOps will take, and which of its inputs never come back readable. */
export interface CheckedSettings {
  readonly settings: SubscriptionSettings;
  readonly confidential: ReadonlySet<string>;
}

async function eventOf(azure: Azure, { event, publisher }: HookRequest): Promise<EventType> {
  const publisherId = publisher ?? publisherOf(event);
  if (publisherId !== undefined) return getEventType(azure, publisherId, event);
  const all = await listPublishers(azure);
  const found = all.find((each) => each.id.toLowerCase() === event.toLowerCase());
  if (found !== undefined) return found;
  const near = all.filter((each) => each.id.includes(event)).map((each) => each.id);
  const known = near.length > 0 ? near : all.map((each) => each.id);
  throw new UsageError(`There is no event "${event}". Azure DevOps knows: ${known.join(', ')}.`);
}

async function actionOf(azure: Azure, name: string): Promise<ConsumerAction> {
  const all = await listConsumers(azure);
  const found = all.find((each) => `${each.consumerId}/${each.id}`.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const known = all.map((each) => `${each.consumerId}/${each.id}`).join(', ');
  throw new UsageError(`There is no consumer "${name}". Azure DevOps knows: ${known}.`);
}

/** The value as the publisher writes it: `failed` is `Failed`. */
function canonical(input: InputDescriptor, value: string, values: readonly string[]): string {
  const found = values.find((each) => each.toLowerCase() === value.toLowerCase());
  if (found !== undefined || values.length === 0 || value === '') return found ?? value;
  throw new UsageError(`"${value}" is no ${input.id}. It can be: ${values.join(', ')}.`);
}

async function checkFilters(
  azure: Azure,
  event: EventType,
  { filters, projectId }: HookRequest,
): Promise<Inputs> {
  const checked: Record<string, string> = {};
  if (projectId !== undefined && event.inputs.some((each) => each.id === 'projectId'))
    checked.projectId = projectId;
  for (const [id, value] of Object.entries(filters)) {
    const input = event.inputs.find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (input === undefined) {
      const known = event.inputs.map((each) => each.id).join(', ');
      throw new UsageError(`The event ${event.id} has no filter "${id}". It has: ${known}.`);
    }
    const values = input.isDynamic
      ? await inputValues(azure, event, { id: input.id, current: checked })
      : input.values;
    checked[input.id] = canonical(input, value, values);
  }
  requireAll(event.inputs, checked, 'filter');
  return checked;
}

function requireAll(inputs: readonly InputDescriptor[], given: Inputs, flag: 'filter' | 'input'): void {
  const missing = inputs.filter((each) => each.isRequired && (given[each.id] ?? '') === '');
  if (missing.length === 0) return;
  const names = missing.map((each) => each.id).join(', ');
  const flags = missing.map((each) =>
    each.isConfidential ? `--input-env ${each.id}=VARIABLE` : `--${flag} ${each.id}=…`,
  );
  throw new UsageError(`Missing: ${names}. Give ${flags.join(' ')}.`);
}

/** Not set, the API sends a resource with little more than an id, and no message. */
const sendEverything: Inputs = {
  resourceDetailsToSend: 'all',
  messagesToSend: 'all',
  detailedMessagesToSend: 'all',
};

function checkUrl(text: string, isHttpAllowed: boolean): string {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) throw new UsageError(`"${trimmed}" is not a URL.`);
  const url = new URL(trimmed);
  if (url.protocol === 'https:') return trimmed;
  if (url.protocol === 'http:' && isHttpAllowed && isLoopback(url.hostname)) return trimmed;
  throw new UsageError(
    `Events would go to ${url.origin} unencrypted. Use https:// (--allow-http is for a receiver on this machine).`,
  );
}

function checkInputs(
  action: ConsumerAction,
  { inputs, argumentInputs = [], isMinimal, isHttpAllowed }: HookRequest,
): Inputs {
  const checked: Record<string, string> = {};
  for (const [id, value] of Object.entries(inputs)) {
    const input = action.inputs.find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (input === undefined) {
      const known = action.inputs.map((each) => each.id).join(', ');
      throw new UsageError(
        `The consumer ${action.consumerId}/${action.id} has no input "${id}". It has: ${known}.`,
      );
    }
    if (input.isConfidential && argumentInputs.includes(id)) {
      throw new UsageError(
        `${input.id} is a secret, and arguments stay in the shell's history and show to others on this machine. Put it into an environment variable, and give --input-env ${input.id}=VARIABLE.`,
      );
    }
    checked[input.id] =
      input.id === 'url' ? checkUrl(value, isHttpAllowed) : canonical(input, value, input.values);
  }
  requireAll(action.inputs, checked, 'input');
  const defaults = Object.entries(sendEverything).filter(([id]) =>
    action.inputs.some((each) => each.id === id),
  );
  return { ...(isMinimal ? {} : Object.fromEntries(defaults)), ...checked };
}

function versionOf(event: EventType, requested: string | undefined): string | undefined {
  // The list is in the order of age; a preview of a version that is out is never the newest.
  if (requested === undefined)
    return event.versions.findLast((each) => !each.includes('preview')) ?? event.versions.at(-1);
  if (event.versions.length === 0 || event.versions.includes(requested)) return requested;
  throw new UsageError(
    `The event ${event.id} has no version "${requested}". It has: ${event.versions.join(', ')}.`,
  );
}

/**
 * Compares a request with the lists of publishers and consumers, so that a slip is reported before anything is sent.
 * @throws UsageError
 */
export async function checkRequest(azure: Azure, request: HookRequest): Promise<CheckedSettings> {
  const event = await eventOf(azure, request);
  const action = await actionOf(azure, request.consumer);
  const resourceVersion = versionOf(event, request.resourceVersion);
  return {
    settings: {
      publisherId: event.publisherId,
      eventType: event.id,
      ...(resourceVersion !== undefined && { resourceVersion }),
      consumerId: action.consumerId,
      consumerActionId: action.id,
      publisherInputs: await checkFilters(azure, event, request),
      consumerInputs: checkInputs(action, request),
    },
    confidential: new Set(action.inputs.filter((each) => each.isConfidential).map((each) => each.id)),
  };
}
