import { isDeepStrictEqual } from 'node:util';
import { SetupError } from '../../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import {
  type AutomationRule,
  automation,
  isOfKind,
  nodePath,
  runPath as pathOfRun,
  value,
} from '../../parts/automation.ts';
import { publicApiUrl } from '../../parts/port-parts.ts';
import type { Lab } from '../lab.ts';
import { codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds, notAsked } from '../question.ts';
import { findEntity, mappingTo, text } from './event-fixtures.ts';
import { makeBlueprint, makeWebhook, readRun, runPath, startRun, writeEntity } from './fixtures.ts';
import { startWaiting } from './workflow-fixtures.ts';

const part = encodeURIComponent;
const makes = ['action', 'webhook', 'blueprint'] as const;
const net = '[the net](service-hooks.md#the-net-under-lost-agents)';
const progress = '[progress](service-hooks.md#progress-without-a-step)';

const apiOf = (lab: Lab): string => publicApiUrl(lab.port.connection.apiUrl);

/** What the automations listen to. */
const properties = { portRunId: text, label: text, progressOf: { type: 'object' } };

type Rule = Pick<AutomationRule, 'path' | 'body'> & Partial<Pick<AutomationRule, 'conditions'>>;

/**
 * Makes an automation as `setup` does, which hears of new entities of a new blueprint.
 * @param change of its definition
 */
async function makeAutomation(
  lab: Lab,
  rule: Rule,
  change: (definition: Json) => Json = (same) => same,
): Promise<string> {
  const [identifier, blueprint] = [lab.name('auto'), await makeBlueprint(lab, 'cause', properties)];
  const { definition } = automation({
    ...{ identifier, title: identifier, event: 'ENTITY_CREATED', blueprint, conditions: [] },
    ...rule,
  });
  await lab.port.require('POST', '/v1/actions', change(definition(apiOf(lab))));
  return identifier;
}

/** Makes an entity of which the automation hears. */
const cause = (lab: Lab, held: Json): Promise<void> =>
  writeEntity(lab, lab.name('cause'), { identifier: 'one', properties: held });

/** The newest run of an automation; undefined where there is none. */
async function lastRun(lab: Lab, identifier: string): Promise<Json | undefined> {
  const answer = await lab.port.require('GET', `/v1/actions/runs?version=v2&action=${part(identifier)}`);
  return recordsOf(answer.runs)[0];
}

/** How the run of an automation stands as soon as it has ended, or after 20 s. @throws SetupError where there is no run */
async function endOf(lab: Lab, identifier: string): Promise<string> {
  let last = '';
  await lab.until(async () => {
    last = textOf((await lastRun(lab, identifier))?.status);
    return last !== '' && last !== 'IN_PROGRESS' ? true : undefined;
  });
  if (last === '') throw new SetupError('The automation has no run within 20 s.');
  return last;
}

/** Lets an automation write a label into a run. @returns how the automation's run ended, and the label */
async function labelThrough(lab: Lab, label: string): Promise<{ end: string; came: string }> {
  const run = await startRun(lab, 'run');
  const conditions = [isOfKind('r_')];
  const made = await makeAutomation(lab, {
    ...{ conditions, path: pathOfRun, body: { statusLabel: value('label') } },
  });
  await cause(lab, { portRunId: run, label });
  return { end: await endOf(lab, made), came: textOf((await readRun(lab, run)).statusLabel) };
}

/** Lets an automation hear of a timer that is up at a time, and name the entity in the label of a run. @returns the label */
async function labelOfTimer(lab: Lab, at: Date): Promise<string | undefined> {
  const blueprint = await makeBlueprint(lab, 'timed', { ttl: { type: 'string', format: 'timer' } });
  const run = await startRun(lab, 'run');
  const event = {
    type: 'TIMER_PROPERTY_EXPIRED',
    blueprintIdentifier: blueprint,
    propertyIdentifier: 'ttl',
  };
  const body = { statusLabel: '{{ .event.context.entityIdentifier }}' };
  await makeAutomation(lab, { path: runPath(run), body }, (definition) => ({
    ...definition,
    trigger: { type: 'automation', event },
  }));
  await writeEntity(lab, blueprint, { identifier: 'one', properties: { ttl: at.toISOString() } });
  return lab.until(async () => textOf((await readRun(lab, run)).statusLabel) || undefined, 60);
}

const timerQuestion = (id: string, claim: string, seconds: number): Question => ({
  id,
  claim: `${claim} within a minute, and tells it the entity as \`.event.context.entityIdentifier\``,
  matters: 'the example [temporary-environment](../examples/temporary-environment/README.md)',
  ask: {
    does: 'makes an automation on a timer, writes an entity with one, and waits up to a minute',
    makes,
    ask: async (lab) => {
      const label = await labelOfTimer(lab, lab.after(seconds));
      if (label === undefined) return differs('the automation runs within 60 s', 'it does not');
      return compared('it names the entity', label === 'one' ? 'it names the entity' : 'it names another');
    },
  },
});

/** Questions about automations. */
export const automationQuestions: readonly Question[] = [
  {
    id: 'automation-own-api',
    claim:
      "An automation's call of Port's own API needs no credentials of ours, and reaches `PATCH /v1/actions/runs/{id}`",
    matters: `${net}, ${progress} and [Approve in Port](service-hooks.md#approve-in-port)`,
    ask: {
      does: 'lets an automation that `setup` could have made write a label into a run',
      makes,
      ask: async (lab) => {
        const { end, came } = await labelThrough(lab, 'Deploy: running');
        return compared(
          'SUCCESS, with the label',
          `${end}, ${came === 'Deploy: running' ? 'with' : 'without'} the label`,
        );
      },
    },
  },
  {
    id: 'automation-node-routes',
    claim: "An automation's call reaches `PATCH /v1/workflows/nodes/runs/{id}` in the same way",
    matters: `${net} of workflow nodes`,
    ask: {
      does: 'lets an automation that `setup` could have made write link and external id into the run of a node that waits',
      makes: [...makes, 'workflow'],
      ask: async (lab) => {
        const { nodeRun } = await startWaiting(lab);
        const made = await makeAutomation(lab, {
          conditions: [isOfKind('wfnr_')],
          path: nodePath,
          body: { links: ['https://port.io'], externalRunId: '{{ .event.diff.after.identifier }}' },
        });
        await cause(lab, { portRunId: nodeRun });
        return compared('SUCCESS', await endOf(lab, made));
      },
    },
  },
  {
    id: 'automation-refused',
    claim: 'The run of an automation ends as FAILURE where the call that it makes is refused',
    matters: `${net}: the automation's own run shows that a step had ended the run already`,
    ask: {
      does: 'ends a run, and lets an automation write a label into it',
      makes,
      ask: async (lab) => {
        const run = await startRun(lab, 'run');
        await lab.port.require('PATCH', runPath(run), { status: 'SUCCESS' });
        const made = await makeAutomation(lab, { path: pathOfRun, body: { statusLabel: 'late' } });
        await cause(lab, { portRunId: run });
        return compared('FAILURE', await endOf(lab, made));
      },
    },
  },
  {
    id: 'synchronized-401',
    claim: 'Port ends a synchronized run as FAILURE where its call is answered with 401',
    matters:
      '[Approve in Port](service-hooks.md#approve-in-port): a refused decision is shown as one. That 403 does the same, nobody asks',
    ask: {
      does: "starts a synchronized run that signs in to Port's API with credentials that do not exist",
      makes: ['action'],
      ask: async (lab) => {
        const [identifier, nobody] = [lab.name('refused'), { clientId: 'nobody', clientSecret: 'nothing' }];
        const path = '/v1/auth/access_token';
        const { status } = await lab.post(lab.port.connection.apiUrl + path, {}, nobody);
        if (status !== 401) return notAsked(`wrong credentials are answered with ${status}`);
        await lab.port.require('POST', '/v1/actions', {
          identifier,
          title: identifier,
          trigger: {
            type: 'self-service',
            operation: 'CREATE',
            userInputs: { properties: {}, required: [] },
          },
          invocationMethod: {
            ...{ type: 'WEBHOOK', url: apiOf(lab) + path, method: 'POST', synchronized: true },
            body: nobody,
          },
        });
        await lab.port.require('POST', `/v1/actions/${identifier}/runs`, { properties: {} });
        return compared('FAILURE', await endOf(lab, identifier));
      },
    },
  },
  {
    id: 'template-once',
    claim: 'Port fills in a template once: braces in a value stay text',
    matters: `${progress}: the names of stages and jobs are shown as they are, whatever they hold`,
    ask: {
      does: 'lets an automation write a text with braces into the label of a run',
      makes,
      ask: async (lab) => {
        const label = 'Deploy {{ .event.diff.after.identifier }}: running';
        const { end, came } = await labelThrough(lab, label);
        if (end !== 'SUCCESS') return notAsked(`the automation ends as ${end}`);
        if (came === label) return holds('the braces are there');
        return differs('the braces', came === 'Deploy one: running' ? 'what they name' : 'another text');
      },
    },
  },
  {
    id: 'automation-object',
    claim: 'An automation is handed the object of a property whole, and writes it as an object',
    matters: `${progress}: \`azure_pipeline_run_kept\` puts back what a late event has overwritten`,
    ask: {
      does: 'lets an automation write the object of one entity into another one',
      makes: ['action', 'blueprint'],
      ask: async (lab) => {
        const progressOf = { at: '2026-01-01T00:00:00.5', stage: 'Build', stageOrder: 12, job: '' };
        const blueprint = await makeBlueprint(lab, 'copy', properties);
        await writeEntity(lab, blueprint, { identifier: 'one', properties: {} });
        const made = await makeAutomation(lab, {
          path: `/v1/blueprints/${blueprint}/entities/{{ .event.diff.after.identifier }}`,
          body: { properties: { progressOf: value('progressOf') } },
        });
        await cause(lab, { progressOf });
        const end = await endOf(lab, made);
        const came = recordOf((await findEntity(lab, blueprint, 'one'))?.properties).progressOf;
        return isDeepStrictEqual(came, progressOf)
          ? holds('the object as it was sent')
          : differs('the object as it was sent', `${end}, with another one`);
      },
    },
  },
  {
    id: 'automation-run',
    claim:
      'The run of an automation that is not synchronized has the id `{{ .run.id }}`, takes label, log and end as that of an action does, and is listed with the automation',
    matters: 'the example [temporary-environment](../examples/temporary-environment/README.md)',
    ask: {
      does: 'lets an automation send its run id to a webhook, which keeps it, and reports on that run',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'told', {});
        const url = await makeWebhook(lab, 'told', { mappings: [mappingTo(blueprint)] });
        const made = await makeAutomation(lab, { path: '', body: {} }, (definition) => ({
          ...definition,
          invocationMethod: {
            ...{ type: 'WEBHOOK', url, method: 'POST', synchronized: false, headers: {} },
            body: { entity: '{{ .run.id }}' },
          },
        }));
        await cause(lab, {});
        const id = await lab.until(async () => textOf((await lastRun(lab, made))?.id) || undefined);
        if (id === undefined) return notAsked('the automation has no run within 20 s');
        const told = await lab.until(() => findEntity(lab, blueprint, id));
        const label = await lab.port.ask('PATCH', runPath(id), { statusLabel: 'Tearing down' });
        const log = await lab.port.ask('POST', `${runPath(id)}/logs`, { message: 'Tearing down' });
        const end = await lab.port.ask('PATCH', runPath(id), { status: 'SUCCESS' });
        const { status, statusLabel } = (await lastRun(lab, made)) ?? {};
        return compared(
          'its id is told; label 200, log 201, end 200; SUCCESS, Tearing down',
          `its id is ${told === undefined ? 'not ' : ''}told; label ${codeOf(label)}, log ${codeOf(log)}, end ${codeOf(end)}; ${textOf(status)}, ${textOf(statusLabel)}`,
        );
      },
    },
  },
  timerQuestion('timer-runs-out', 'A timer that runs out sets off an automation', 3),
  timerQuestion('timer-overdue', 'A timer whose time is up when it is written sets off an automation', -60),
];
