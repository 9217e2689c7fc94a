import { createHmac } from 'node:crypto';
import type { Context } from '../context.ts';
import type { Action, JsonObject, Run } from '../model.ts';
import { type Call, parsed, reasonOf, send, webhookCall } from './call.ts';
import { addLog, isOpen, updateRun } from './runs.ts';
import { fillString, fillTemplate } from './template.ts';

const PORT = 'port';

/** Sends what an action (or an automation, with its event) is to send, and ends the run where Port would. */
export async function invoke(context: Context, action: Action, run: Run, event?: JsonObject): Promise<void> {
  try {
    const data = templateData(context, action, run, event);
    const call = await callOf(context, action, data);
    if (!call) return;
    run.payload = { ...run.payload, url: call.url, method: call.method, body: parsed(call.body) };
    const { status, body } = await send(context, call, event !== undefined);
    run.response = { status, body };
    if (status >= 300) throw new Error(`${call.method} ${call.url} answered ${status}`);
    if (action.invocationMethod.synchronized === true) end(context, run, 'SUCCESS');
  } catch (error) {
    addLog(context, run, `The invocation failed: ${reasonOf(error)}`, PORT);
    end(context, run, 'FAILURE');
  }
}

function end(context: Context, run: Run, status: 'SUCCESS' | 'FAILURE'): void {
  if (isOpen(run)) updateRun(context, run, { status }, PORT);
}

function templateData(context: Context, action: Action, run: Run, event?: JsonObject): JsonObject {
  const { store } = context;
  const user = { email: run.createdBy, firstName: '', lastName: '' };
  const entity = run.entity === undefined ? null : (store.entity(run.blueprint ?? '', run.entity) ?? null);
  const trigger = {
    by: { userId: run.createdBy, orgId: 'org_local', user },
    at: run.createdAt,
    origin: run.source,
    operation: action.trigger.operation ?? null,
  };
  return {
    inputs: run.properties,
    trigger,
    entity,
    action: { ...action, blueprint: run.blueprint ?? null },
    run: { ...run, context: { entity: run.entity ?? null, blueprint: run.blueprint ?? null, runId: run.id } },
    secrets: Object.fromEntries(store.secrets),
    event: event ?? null,
  };
}

/** Undefined for the invocation methods that the local Port does not carry out: their runs just stay open. */
async function callOf(context: Context, action: Action, data: JsonObject): Promise<Call | undefined> {
  if (action.invocationMethod.type === 'AZURE_DEVOPS') return azureDevOpsCall(context, action, data);
  if (action.invocationMethod.type === 'WEBHOOK') return webhookCall(context, action.invocationMethod, data);
  return undefined;
}

/** Azure DevOps checks a SHA-1 HMAC of the body, keyed with Port's client secret, in `x-port-signature`. */
async function azureDevOpsCall(context: Context, action: Action, data: JsonObject): Promise<Call> {
  const { org = '', webhook = '', payload } = action.invocationMethod;
  const [organisation, name] = [await fillString(org, data), await fillString(webhook, data)];
  const body = JSON.stringify(await fillTemplate(payload, data));
  const path = `${encodeURIComponent(organisation)}/_apis/public/distributedtask/webhooks/${encodeURIComponent(name)}`;
  return {
    url: `${context.azureDevOpsUrl}/${path}?api-version=6.0-preview`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-port-signature': createHmac('sha1', context.clientSecret).update(body).digest('hex'),
    },
    body,
  };
}
