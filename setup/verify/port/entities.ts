import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';
import { codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds, notAsked } from '../question.ts';
import { entitiesPath, entityPath, makeBlueprint, readEntity, writeEntity } from './fixtures.ts';

const makes = ['blueprint'] as const;
const count = { count: { type: 'number', title: 'Count' } };

/** `there` or `not there`. */
async function isThere(lab: Lab, blueprint: string, entity: string): Promise<string> {
  const { status } = await lab.port.ask('GET', entityPath(blueprint, entity));
  return status === 404 ? 'not there' : status === 200 ? 'there' : String(status);
}

/** What Port answers to the mistakes that an entity can have, in the order in which `error-codes` names the codes. */
async function codesOfMistakes(lab: Lab): Promise<string[]> {
  const target = await makeBlueprint(lab, 'target', {});
  const relationTo = (many: boolean, required = false): Json => ({
    title: 'Relation',
    target,
    many,
    required,
  });
  const relations = { one: relationTo(false), many: relationTo(true), must: relationTo(false, true) };
  const blueprint = await makeBlueprint(lab, 'codes', count, relations);
  await writeEntity(lab, target, { identifier: 'there' });
  const right = { relations: { must: 'there' } };
  await writeEntity(lab, blueprint, { identifier: 'taken', ...right });
  const mistakes: readonly Json[] = [
    { identifier: 'taken' },
    { identifier: 'a', relations: { must: 'there', one: 'missing' } },
    { identifier: 'b', properties: { count: 'one' } },
    { identifier: 'c', relations: {} },
    { identifier: 'd', relations: { must: 'there', many: 'there' } },
  ];
  const codes: string[] = [];
  for (const mistake of mistakes)
    codes.push(codeOf(await lab.port.ask('POST', entitiesPath(blueprint), { ...right, ...mistake })));
  codes.push(codeOf(await lab.port.ask('DELETE', entityPath(target, 'there'))));
  return codes.map((code) => code.replace(/^(?:403|422) (?=required_relation$)/, ''));
}

/** The properties of Port's guide to DORA metrics that PortDeployment fills in by these names, and the relation. */
const doraNames = ['createdAt', 'environment', 'deploymentStatus', 'leadTimeHours', 'service'];

/** Questions about entities and blueprints. */
export const entityQuestions: readonly Question[] = [
  {
    id: 'bulk-errors',
    claim:
      'A bulk write with a wrong entity writes the others, and tells what is wrong in `errors`, with `index`, `identifier`, `statusCode`, `error` and `message`; its status is 200 or 207',
    matters: 'what PortUpsertEntity and PortDeployment say of each entity; both statuses are right for them',
    ask: {
      does: 'writes a right and a wrong entity in one call',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'bulk', count);
        const entities = [
          { identifier: 'right', properties: { count: 1 } },
          { identifier: 'wrong', properties: { count: 'one' } },
        ];
        const path = `${entitiesPath(blueprint)}/bulk?upsert=true&merge=true`;
        const { status, body } = await lab.port.ask('POST', path, { entities });
        const errors = recordsOf(body.errors);
        const [error = {}] = errors;
        const { index, identifier, statusCode } = error;
        const isTold = index === 1 && identifier === 'wrong' && typeof statusCode === 'number';
        const hasWords = textOf(error.error) !== '' && textOf(error.message) !== '';
        const [written] = recordsOf(body.entities);
        const isWritten = written?.index === 0 && written.created === true;
        if ([200, 207].includes(status) && errors.length === 1 && isTold && hasWords && isWritten)
          return holds(`${status}; errors has ${statusCode} ${textOf(error.error)}`);
        return differs(
          '200 or 207, one entity in entities and one in errors with all its members',
          `${status}; members: ${Object.keys(body).join(', ')}; those of an error: ${Object.keys(error).join(', ') || 'none'}; those of an entity: ${Object.keys(written ?? {}).join(', ') || 'none'}`,
        );
      },
    },
  },
  {
    id: 'bulk-delete',
    claim:
      'A bulk delete deletes all entities or, where one is missing, none, and then answers 404 `not_found`',
    matters: 'PortDeleteEntity goes on one by one after a 404, and counts all as deleted otherwise',
    ask: {
      does: 'deletes an entity that is there and one that is not in one call',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'gone', count);
        await writeEntity(lab, blueprint, { identifier: 'kept' });
        const path = `/v1/blueprints/${encodeURIComponent(blueprint)}/bulk/entities/delete`;
        const answer = await lab.port.ask('POST', path, { entities: ['kept', 'missing'] });
        const after = await isThere(lab, blueprint, 'kept');
        return compared('404 not_found, the other is there', `${codeOf(answer)}, the other is ${after}`);
      },
    },
  },
  {
    id: 'whole-blueprint',
    claim: '`all-entities?delete_blueprint=true` has removed the blueprint with its entities when it answers',
    matters: '`setup destroy --with-data`, which removes next what this blueprint relates to',
    ask: {
      does: 'makes a blueprint with an entity, removes both by this call, and looks for the blueprint at once',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'whole', count);
        await writeEntity(lab, blueprint, { identifier: 'one' });
        const path = `/v1/blueprints/${encodeURIComponent(blueprint)}`;
        await lab.port.require('DELETE', `${path}/all-entities?delete_blueprint=true`);
        return compared('404 not_found', codeOf(await lab.port.ask('GET', path)));
      },
    },
  },
  {
    id: 'entity-times',
    claim:
      'Entities in answers carry `createdAt` and `updatedAt` without being asked for them; both are the same when the entity is new, and differ later',
    matters:
      'output `created` of PortUpsertEntity, which is empty without them; `conditions` of PortGate by these times',
    ask: {
      does: 'writes an entity, changes it, and reads it',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'times', count);
        const path = `${entitiesPath(blueprint)}?upsert=true&merge=true`;
        const shown = async (properties: object): Promise<string> => {
          const answer = await lab.port.require('POST', path, { identifier: 'one', properties });
          const { createdAt, updatedAt } = recordOf(answer.entity);
          if (textOf(createdAt) === '' || textOf(updatedAt) === '') return 'missing';
          return createdAt === updatedAt ? 'the same' : 'different';
        };
        const first = await shown({ count: 1 });
        // Both may be written in one millisecond.
        const changed = async (): Promise<string | undefined> => {
          const times = await shown({ count: 2 });
          return times === 'the same' ? undefined : times;
        };
        const second = (await lab.until(changed, 5)) ?? 'the same';
        const { createdAt, updatedAt } = await readEntity(lab, blueprint, 'one');
        const read = textOf(createdAt) === '' || textOf(updatedAt) === '' ? 'missing' : 'there';
        return compared(
          'new: the same; changed: different; read: there',
          `new: ${first}; changed: ${second}; read: ${read}`,
        );
      },
    },
  },
  {
    id: 'search-created-at',
    claim: 'A search of a blueprint finds by `$createdAt`, and shows it where `include` names it',
    matters:
      'where the contents of a deployment begin (PortDeployment); what was created by a call whose answer was lost (PortUpsertEntity)',
    ask: {
      does: 'writes an entity, and searches for what was created in the last day',
      makes,
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'recent', count);
        await writeEntity(lab, blueprint, { identifier: 'one' });
        const value = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString();
        const rules = [{ property: '$createdAt', operator: '>', value }];
        const search = {
          query: { combinator: 'and', rules },
          include: ['$identifier', '$createdAt'],
          limit: 10,
        };
        const found = await lab.until(async () => {
          const answer = await lab.port.require('POST', `${entitiesPath(blueprint)}/search`, search);
          return recordsOf(answer.entities)[0];
        });
        const came =
          found === undefined
            ? 'not found'
            : `found, ${Number.isNaN(Date.parse(textOf(found.createdAt))) ? 'without' : 'with'} createdAt`;
        return compared('found, with createdAt', came);
      },
    },
  },
  {
    id: 'error-codes',
    claim:
      'Port names what is wrong with an entity by `identifier_taken` (409), `not_found` (404), `blueprint_schema_mismatch` (422), `required_relation` (403 or 422), `relation_many_violation` (422) and `has_dependents` (403)',
    matters: '[what a step says about it](errors.md), and what PortDeleteEntity tries again',
    ask: {
      does: 'writes and deletes entities that Port has to refuse',
      makes,
      ask: async (lab) => {
        const codes = await codesOfMistakes(lab);
        return compared(
          [
            '409 identifier_taken',
            '404 not_found',
            '422 blueprint_schema_mismatch',
            'required_relation',
            '422 relation_many_violation',
            '403 has_dependents',
          ].join(', '),
          codes.join(', '),
        );
      },
    },
  },
  {
    id: 'dora-names',
    claim:
      "The blueprint `deployment` of Port's DORA metrics has the properties `createdAt`, `environment`, `deploymentStatus` and `leadTimeHours`, and the relation `service`",
    matters:
      'PortDeployment leaves out what the blueprint does not have, and says so; `propertyNames` renames',
    ask: {
      does: 'reads the blueprint `deployment`, unless your file defines one',
      makes: [],
      ask: async (lab) => {
        if (lab.config.port.blueprints.some(({ identifier }) => identifier === 'deployment'))
          return notAsked('your file defines a blueprint `deployment`, which is not that of Port');
        const { status, body } = await lab.port.ask('GET', '/v1/blueprints/deployment');
        if (status === 404) return notAsked('this account has no blueprint `deployment`');
        if (status !== 200) return notAsked(`Port answers ${codeOf({ status, headers: {}, body })}`);
        const { schema, relations } = recordOf(body.blueprint);
        const names = [recordOf(recordOf(schema).properties), recordOf(relations)].flatMap(Object.keys);
        const missing = doraNames.filter((name) => !names.includes(name));
        return missing.length === 0
          ? holds('all five are there')
          : differs('all five are there', `without ${missing.join(', ')}`);
      },
    },
  },
];
