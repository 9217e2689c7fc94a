import { setTimeout as sleep } from 'node:timers/promises';
import type { Azure } from '../azure/client.ts';
import type { SubscriptionSettings } from '../azure/hook-types.ts';
import { getNotification, getSubscription, sendTest } from '../azure/hooks-api.ts';
import { openAzure } from '../azure/open.ts';
import { colors as pc } from '../colors.ts';
import type { CommandContext } from '../command-context.ts';
import { endFailed } from '../end-failed.ts';
import { SetupError, UsageError } from '../errors.ts';
import { type Json, recordOf, textOf } from '../json.ts';
import { shown } from '../output.ts';
import { checkRequest } from './check-request.ts';
import { type HookFlags, requestBy } from './flags.ts';
import { meaningful } from './reconcile.ts';

const pollEvery = 1000;
const pollTimes = 30;

/** A test is sent at once or a little later; its result is asked for until it is there. */
async function settled(azure: Azure, publisherId: string, first: Json): Promise<Json> {
  let notification = first;
  for (let tries = 0; notification.status !== 'completed' && tries < pollTimes; tries++) {
    await sleep(pollEvery);
    notification = await getNotification(azure, publisherId, first);
  }
  return notification;
}

/** @throws SetupError that names what is missing, before anything is sent */
function requireTarget({ subscription, event, consumer }: TestFlags): void {
  if (subscription !== undefined) return;
  const missing = [
    ...(event === undefined ? ['--event, such as build.complete ("hooks events" shows them)'] : []),
    ...(consumer === undefined
      ? ['--consumer, such as webHooks/httpRequest ("hooks events --consumers" shows them)']
      : []),
  ];
  if (missing.length === 0) return;
  const other = event === undefined && consumer === undefined ? ', or --subscription ID' : '';
  throw new UsageError(`What to test? Missing: ${missing.join('; ')}${other}.`);
}

async function whatToTest(
  azure: Azure,
  flags: TestFlags,
  { environment }: CommandContext,
): Promise<SubscriptionSettings> {
  if (flags.subscription === undefined)
    return (await checkRequest(azure, await requestBy(azure, flags, environment))).settings;
  const found = await getSubscription(azure, flags.subscription);
  const { publisherId, eventType, resourceVersion, consumerId, consumerActionId, consumerInputs } = found;
  const publisherInputs = meaningful(found.publisherInputs);
  return {
    publisherId,
    eventType,
    resourceVersion,
    consumerId,
    consumerActionId,
    publisherInputs,
    consumerInputs,
  };
}

export interface TestFlags extends HookFlags {
  readonly subscription?: string;
}

/** Sends what Azure DevOps makes up for a test, and shows what the receiver said; where it refused, the command fails. */
export async function testHook(flags: TestFlags, context: CommandContext): Promise<void> {
  const { output } = context;
  requireTarget(flags);
  const { azure } = await openAzure(flags, context.environment);
  const settings = await whatToTest(azure, flags, context);
  output.progress('Sending a test notification …');
  const sent = await sendTest(azure, settings, flags.subscription);
  const notification = await settled(azure, settings.publisherId, sent);
  const details = recordOf(notification.details);
  const result = textOf(notification.result) || 'pending';
  const response = textOf(details.response);
  const status = typeof details.statusCode === 'number' ? details.statusCode : undefined;
  const reason = textOf(details.errorMessage);
  output.line(
    `${result === 'succeeded' ? pc.green(result) : pc.red(result)}  ${status === undefined ? '' : `the receiver answered ${status}`}`,
  );
  if (response !== '') output.line(shown(response).slice(0, 2000));
  const done = { result, status, response };
  if (result === 'succeeded') output.json(done);
  else {
    const state = result === 'failed' ? 'failed' : `is still ${result}`;
    const why = reason === '' ? '.' : `: ${shown(reason)}`;
    endFailed(output, new SetupError(`The test notification ${state}${why}`), done);
  }
}
