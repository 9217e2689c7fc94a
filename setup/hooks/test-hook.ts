import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import type { Azure } from '../azure/client.ts';
import type { SubscriptionSettings } from '../azure/hook-types.ts';
import { getNotification, getSubscription, sendTest } from '../azure/hooks-api.ts';
import { openAzure } from '../azure/open.ts';
import type { CommandContext } from '../command-context.ts';
import { SetupError } from '../errors.ts';
import { type Json, recordOf, textOf } from '../json.ts';
import { shown } from '../output.ts';
import { checkRequest } from './check-request.ts';
import { type HookFlags, requestBy } from './flags.ts';
import { meaningful } from './reconcile.ts';

const pollEvery = 1000;
const pollTimes = 30;

/** A test is sent at once or a little later; its result is asked for until it is there. */
async function settled(azure: Azure, first: Json): Promise<Json> {
  let notification = first;
  for (let tries = 0; notification.status !== 'completed' && tries < pollTimes; tries++) {
    await sleep(pollEvery);
    notification = await getNotification(azure, String(first.subscriptionId), String(first.id));
  }
  return notification;
}

async function whatToTest(
  azure: Azure,
  flags: TestFlags,
  { environment }: CommandContext,
): Promise<SubscriptionSettings> {
  if (flags.subscription === undefined && (flags.event ?? flags.consumer) === undefined) {
    throw new SetupError('What to test? Give --subscription ID, or --event, --consumer and its inputs.');
  }
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

/** Sends what Azure DevOps makes up for a test, and shows what the receiver said. @throws SetupError when it refused */
export async function testHook(flags: TestFlags, context: CommandContext): Promise<void> {
  const { output } = context;
  const { azure } = await openAzure(flags, context.environment);
  const settings = await whatToTest(azure, flags, context);
  output.progress('Sending a test notification …');
  const notification = await settled(azure, await sendTest(azure, settings, flags.subscription));
  const details = recordOf(notification.details);
  const result = textOf(notification.result) || 'pending';
  const response = textOf(details.response);
  const status = typeof details.statusCode === 'number' ? details.statusCode : undefined;
  const reason = textOf(details.errorMessage);
  output.json({ result, status, response, error: reason === '' ? undefined : reason });
  output.line(
    `${result === 'succeeded' ? pc.green(result) : pc.red(result)}  ${status === undefined ? '' : `the receiver answered ${status}`}`,
  );
  if (response !== '') output.line(shown(response).slice(0, 2000));
  if (result !== 'succeeded')
    throw new SetupError(
      `The test notification ${result === 'failed' ? 'failed' : `is still ${result}`}${reason === '' ? '.' : `: ${shown(reason)}`}`,
    );
}
