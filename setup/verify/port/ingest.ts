import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { recordOf, textOf } from '../../json.ts';
import { ingestSecretHeader, ingestSecurity } from '../../parts/ingest.ts';
import { secretFaults } from '../../parts/port-parts.ts';
import { webhookKind } from '../../port/resource.ts';
import type { Lab } from '../lab.ts';
import { type Question, differs, holds } from '../question.ts';
import { entityMade, findEntity, mappingTo, requireMade, tell, text } from './event-fixtures.ts';
import { makeBlueprint, makeWebhook } from './fixtures.ts';

const makes = ['webhook', 'blueprint'] as const;

/** In the form of those that `setup` makes. */
const newSecret = (): string => randomBytes(32).toString('hex');

const net = '[the net](service-hooks.md#the-net-under-lost-agents)';
const approvals = '[Approve in Port](service-hooks.md#approve-in-port)';

/** What does not arrive says something only where others do. @throws SetupError where none does */
async function requireUnsigned(lab: Lab, blueprint: string): Promise<void> {
  const url = await makeWebhook(lab, 'open', { mappings: [mappingTo(blueprint)] });
  await tell(lab, url, { id: 'open', entity: 'open' });
  await requireMade(lab, blueprint, 'open');
}

/** The first of these entities that there is. */
async function firstOf(
  lab: Lab,
  blueprint: string,
  entities: readonly string[],
): Promise<string | undefined> {
  for (const entity of entities) if ((await findEntity(lab, blueprint, entity)) !== undefined) return entity;
  return undefined;
}

/** Questions about webhooks that take events in. */
export const ingestQuestions: readonly Question[] = [
  {
    id: 'webhook-secret',
    claim:
      'A webhook with the signature algorithm `plain` takes events whose header holds the secret as it is, and no others',
    matters: `${net} and ${approvals}: Azure DevOps cannot sign what it sends`,
    ask: {
      does: 'makes a webhook as `setup` does, and sends it an event without a secret, one with another secret and one with its own',
      makes,
      ask: async (lab) => {
        const [secret, blueprint] = [newSecret(), await makeBlueprint(lab, 'plain', {})];
        const url = await makeWebhook(lab, 'plain', {
          mappings: [mappingTo(blueprint)],
          security: ingestSecurity(secret),
        });
        const sent: [entity: string, headers: Record<string, string>][] = [
          ['without', {}],
          ['other', { [ingestSecretHeader]: newSecret() }],
          ['right', { [ingestSecretHeader]: secret }],
        ];
        const statuses: number[] = [];
        for (const [entity, headers] of sent)
          statuses.push(await tell(lab, url, { id: entity, entity }, headers));
        const answers = `answers: ${statuses.join(', ')}`;
        const expected = 'only the event with the secret arrives';
        if ((await entityMade(lab, blueprint, 'right')) === undefined) {
          await requireUnsigned(lab, blueprint);
          return differs(expected, `the event with the secret does not arrive; ${answers}`);
        }
        const forged = await lab.until(() => firstOf(lab, blueprint, ['without', 'other']), 3);
        if (forged === undefined) return holds(`${expected}; ${answers}`);
        const what = forged === 'other' ? 'the one with another secret' : 'the one without';
        return differs(expected, `${what} arrives, too; ${answers}`);
      },
    },
  },
  {
    id: 'webhook-secret-read',
    claim:
      "Port answers with a webhook's secret, or with something in its place that is neither empty nor looks like another secret of `setup`",
    matters: '`doctor` and `setup plan`, which otherwise find at each look that the secret is missing',
    ask: {
      does: 'makes a webhook with a secret, and reads it',
      makes: ['webhook'],
      ask: async (lab) => {
        const secret = newSecret();
        await makeWebhook(lab, 'secret', { security: ingestSecurity(secret) });
        const answer = await lab.port.require('GET', `/v1/webhooks/${lab.name('secret')}`);
        const webhook = recordOf(answer[webhookKind.member]);
        const faults = secretFaults(secret, webhook);
        if (faults.length > 0) return differs('the secret, or something in its place', faults.join(', '));
        return holds(
          recordOf(webhook.security).secret === secret
            ? 'the secret as it was set'
            : `${textOf(recordOf(webhook.security).secret).length} characters in its place`,
        );
      },
    },
  },
  {
    id: 'event-repeated',
    claim: 'An event that comes twice with the same `requestIdentifierPath` is taken once',
    matters: `${net} and ${approvals} take each event once; one that is taken twice changes nothing there`,
    ask: {
      does: 'sends a webhook two events of one id that would make two entities, and one of another id',
      makes,
      ask: async (lab) => {
        const [secret, blueprint] = [newSecret(), await makeBlueprint(lab, 'twice', {})];
        const url = await makeWebhook(lab, 'twice', {
          mappings: [mappingTo(blueprint)],
          security: ingestSecurity(secret),
        });
        const send = (id: string, entity: string): Promise<number> =>
          tell(lab, url, { id, entity }, { [ingestSecretHeader]: secret });
        await send('1', 'first');
        await requireMade(lab, blueprint, 'first');
        const status = await send('1', 'again');
        await send('2', 'last');
        await requireMade(lab, blueprint, 'last');
        const again = await entityMade(lab, blueprint, 'again', 3);
        const answer = `the second one is answered with ${status}`;
        return again === undefined ? holds(`once; ${answer}`) : differs('once', `twice; ${answer}`);
      },
    },
  },
  {
    id: 'mapping-keeps-others',
    claim: 'A mapping leaves those properties of an entity alone that it does not name',
    matters: `the order of the events of ${approvals} rests on it, and so does [progress](service-hooks.md#progress-without-a-step)`,
    ask: {
      does: 'lets two mappings of a webhook write one property each of the same entity',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'keeps', { first: text, second: text });
        const mappings = ['first', 'second'].map((property) => ({
          ...mappingTo(blueprint, { [property]: `.body.${property}` }),
          filter: `.body.${property} != null`,
        }));
        const url = await makeWebhook(lab, 'keeps', { mappings });
        await tell(lab, url, { entity: 'one', first: 'a' });
        await requireMade(lab, blueprint, 'one');
        await tell(lab, url, { entity: 'one', second: 'b' });
        const held = await lab.until(async () => {
          const properties = recordOf((await findEntity(lab, blueprint, 'one'))?.properties);
          return properties.second === 'b' ? properties : undefined;
        });
        if (held === undefined) return differs('both properties', 'the second event writes nothing');
        return held.first === 'a'
          ? holds('both properties are there')
          : differs('both properties', 'the first one is gone');
      },
    },
  },
  {
    id: 'mapping-without-value',
    claim: 'An expression of a mapping that gives `null` or nothing takes none of the other properties away',
    matters: `${net} and ${approvals}: what an event lacks is left out`,
    ask: {
      does: 'sends a webhook an event that lacks what two of three expressions look for',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'lacks', { first: text, second: text, third: text });
        const properties = { first: '.body.first', second: '.body.second', third: '(.body.third | strings)' };
        const url = await makeWebhook(lab, 'lacks', { mappings: [mappingTo(blueprint, properties)] });
        await tell(lab, url, { entity: 'whole', first: 'a', second: 'b', third: 'c' });
        await requireMade(lab, blueprint, 'whole');
        await tell(lab, url, { entity: 'part', first: 'a' });
        const made = await entityMade(lab, blueprint, 'part');
        if (made === undefined) return differs('an entity with what there is', 'no entity');
        const { first, second = null, third = null } = recordOf(made.properties);
        return isDeepStrictEqual([first, second, third], ['a', null, null])
          ? holds('an entity with what there is')
          : differs('an entity with what there is', 'an entity with other values');
      },
    },
  },
  {
    id: 'object-kept',
    claim: 'Port keeps an object that a mapping makes as it was made',
    matters:
      '[progress](service-hooks.md#progress-without-a-step): the property `progressOf` tells which event is newer',
    ask: {
      does: 'lets a mapping make an object of texts and numbers, and reads the entity',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'object', { progressOf: { type: 'object' } });
        const progressOf = '{at: .body.at, stage: .body.stage, stageOrder: 12, job: "", jobOrder: 0}';
        const url = await makeWebhook(lab, 'object', { mappings: [mappingTo(blueprint, { progressOf })] });
        await tell(lab, url, { entity: 'one', at: '2026-01-01T00:00:00.5', stage: 'Build' });
        const { properties } = await requireMade(lab, blueprint, 'one');
        const expected = {
          at: '2026-01-01T00:00:00.5',
          stage: 'Build',
          stageOrder: 12,
          job: '',
          jobOrder: 0,
        };
        const came = recordOf(properties).progressOf;
        return isDeepStrictEqual(came, expected)
          ? holds('the object as it was made')
          : differs('the object as it was made', came === undefined ? 'nothing' : `another ${typeof came}`);
      },
    },
  },
];
