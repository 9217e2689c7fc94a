import type { Subscription } from '../../azure/hook-types.ts';
import { deleteSubscription } from '../../azure/hooks-api.ts';
import type { ApprovalEvent } from '../../config.ts';
import { SetupError } from '../../errors.ts';
import { type CheckedSettings, checkRequest } from '../../hooks/check-request.ts';
import { type Decision, carryOut, decide } from '../../hooks/reconcile.ts';
import type { LoopPipeline, Products } from '../../products.ts';
import { hooksInto, ingestSecret, ingestSecretHeader, ingestUrl } from '../ingest.ts';
import { type Part, missing, ok, wrong } from '../part.ts';
import { approvalWebhookId } from './definitions.ts';

/** What a service hook tells Port of: one event of one pipeline and environment. */
export interface ApprovalTarget {
  readonly event: ApprovalEvent;
  readonly environment: string;
  readonly pipeline: LoopPipeline;
}

async function checkedSettings(
  products: Products,
  { event, environment, pipeline }: ApprovalTarget,
  url: string,
): Promise<CheckedSettings> {
  const [azure, project, { id }] = [await products.azure(), await products.project(), await pipeline.get()];
  return checkRequest(azure, {
    event,
    publisher: 'pipelines',
    projectId: project.id,
    filters: { pipelineId: String(id), environmentName: environment },
    consumer: 'webHooks/httpRequest',
    inputs: {
      url,
      httpHeaders: `${ingestSecretHeader}:${ingestSecret((await products.port()).connection, 'approvals')}`,
      messagesToSend: 'none',
      detailedMessagesToSend: 'none',
    },
    isHttpAllowed: true,
    isMinimal: false,
  });
}

/** What is to be done about the subscription; undefined where Port's webhook is not there yet. */
async function decisionOn(
  products: Products,
  target: ApprovalTarget,
  mustRewrite: boolean,
): Promise<{ decision: Decision; checked: CheckedSettings } | undefined> {
  const url = await ingestUrl(products, approvalWebhookId);
  if (url === undefined) return undefined;
  const checked = await checkedSettings(products, target, url);
  return { checked, decision: await decide(await products.azure(), checked, mustRewrite) };
}

/** The subscription as it is; undefined where there is none yet. */
export async function findApprovalHook(
  products: Products,
  target: ApprovalTarget,
): Promise<Subscription | undefined> {
  const { decision } = (await decisionOn(products, target, false)) ?? {};
  return decision === undefined || decision.kind === 'create' ? undefined : decision.subscription;
}

/** `pending production`, for ids and titles. */
export const wordOf = (event: ApprovalEvent): string => event.replace(/.*approval-/, '');

/** The service hook that tells Port that a stage waits for an environment's approval, or that it was decided. */
export function approvalHookPart(products: Products, target: ApprovalTarget): Part {
  const { event, environment, pipeline } = target;
  return {
    id: `azure/service-hook/approvals/${environment}/${wordOf(event)}${pipeline.suffix}`,
    title: `service hook approval-${wordOf(event)} of ${pipeline.name} for ${environment} to Port in Azure DevOps`,
    hasSecret: true,
    look: async () => {
      const { decision } = (await decisionOn(products, target, false)) ?? {};
      if (decision === undefined) return missing("Port's webhook does not exist yet");
      if (decision.kind === 'create') return missing();
      return decision.kind === 'keep' ? ok() : wrong(...decision.faults);
    },
    apply: async () => {
      const found = await decisionOn(products, target, true);
      if (found === undefined) throw new SetupError(`Port's webhook ${approvalWebhookId} does not exist.`);
      await carryOut(await products.azure(), found.checked.settings, found.decision);
    },
    removal: {
      run: async () => {
        const hook = await findApprovalHook(products, target);
        if (hook !== undefined) await deleteSubscription(await products.azure(), hook);
      },
    },
  };
}

/** Service hooks of the file's pipelines for environments that it does not name any more. */
export async function surplusHookParts(products: Products): Promise<Part[]> {
  const { own } = await hooksInto(products, approvalWebhookId);
  const named = (products.config.approvals?.environments ?? []).map((each) => each.toLowerCase());
  return own
    .filter(({ publisherInputs }) => !named.includes((publisherInputs.environmentName ?? '').toLowerCase()))
    .map((hook) => ({
      id: `azure/service-hook/approvals/${hook.id}`,
      title: `service hook ${hook.eventType.replace(/.*\./, '')} for ${hook.publisherInputs.environmentName || 'all environments'} to Port in Azure DevOps`,
      look: () => Promise.resolve(ok()),
      removal: { run: async () => deleteSubscription(await products.azure(), hook) },
    }));
}
