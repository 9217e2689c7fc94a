import { holds as hasAll, identifierOf } from '../../../tasks/common/port/runs/same-run.ts';
import { recordOf, recordsOf, textOf } from '../../json.ts';
import { codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds } from '../question.ts';
import { makeAction, makeBlueprint, startRunOf, startsPath, timeSince, writeEntity } from './fixtures.ts';

const makes = ['action', 'webhook'] as const;

/** Questions about starting runs of actions. */
export const startQuestions: readonly Question[] = [
  {
    id: 'started-run-found',
    claim:
      'The list of the runs of an action that were started by API has a new one, with its inputs and its time',
    matters:
      'PortExecuteAction finds by it the run of a start whose answer was lost, and starts no second one',
    ask: {
      does: 'starts a run with an input, and looks for it in the list of the runs of its action',
      makes,
      ask: async (lab) => {
        const properties = { text: 'a "quoted" text' };
        const userInputs = { properties: { text: { type: 'string', title: 'Text' } }, required: [] };
        const action = await makeAction(lab, 'started', { trigger: { operation: 'CREATE', userInputs } });
        const run = await startRunOf(lab, action, properties);
        const began = lab.elapsed();
        const list = `/v1/actions/runs?version=v2&action=${action}&source=API&limit=100`;
        const found = await lab.until(async () =>
          recordsOf((await lab.port.require('GET', list)).runs).find(({ id }) => id === run),
        );
        if (found === undefined) return differs('it is in the list', 'it is not in the list');
        const lacks = [
          ...(identifierOf(found.action) === action ? [] : ['its action']),
          ...([found.rawProperties, found.properties].some((held) => hasAll(recordOf(held), properties))
            ? []
            : ['its inputs']),
          ...(Number.isNaN(Date.parse(textOf(found.createdAt))) ? ['the time of its creation'] : []),
        ];
        return lacks.length === 0
          ? holds(`found after ${timeSince(lab, began)}, with all three`)
          : differs('action, inputs and time', `without ${lacks.join(', ')}`);
      },
    },
  },
  {
    id: 'condition-of-action',
    claim:
      'Port refuses to start an action by API for an entity that does not pass its condition, with 422 `entity_does_not_pass_condition`',
    matters:
      'nothing relies on it: the actions of the [examples](../examples/README.md) that cancel and rerun pass on what Azure DevOps says where Port does not look again',
    ask: {
      does: 'starts an action for an entity that passes its condition, and for one that does not',
      makes: [...makes, 'blueprint'],
      ask: async (lab) => {
        const blueprint = await makeBlueprint(lab, 'state', { state: { type: 'string', title: 'State' } });
        const rules = [{ property: 'state', operator: '=', value: 'on' }];
        const action = await makeAction(lab, 'ifstate', {
          trigger: {
            operation: 'DAY-2',
            blueprintIdentifier: blueprint,
            condition: { type: 'SEARCH', combinator: 'and', rules },
          },
        });
        for (const state of ['on', 'off'])
          await writeEntity(lab, blueprint, { identifier: state, properties: { state } });
        await lab.port.require('POST', startsPath(action), { properties: {}, entity: 'on' });
        return compared(
          '422 entity_does_not_pass_condition',
          codeOf(await lab.port.ask('POST', startsPath(action), { properties: {}, entity: 'off' })),
        );
      },
    },
  },
];
