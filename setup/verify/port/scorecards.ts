import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';
import { codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds } from '../question.ts';
import { entitiesPath, entityPath, makeBlueprint, readEntity, timeSince, writeEntity } from './fixtures.ts';

const makes = ['blueprint'] as const;

const ruleFor = (identifier: string, level: string, value: number): Json => ({
  ...{ identifier, title: identifier, level },
  query: { combinator: 'and', conditions: [{ property: 'count', operator: '>=', value }] },
});

const scorecard = {
  identifier: 'ready',
  title: 'Ready',
  levels: [
    { title: 'Low', color: 'paleBlue' },
    { title: 'Middle', color: 'silver' },
    { title: 'High', color: 'gold' },
  ],
  rules: [ruleFor('enough', 'Middle', 1), ruleFor('plenty', 'High', 5)],
};

const scorecardsPath = (blueprint: string): string =>
  `/v1/blueprints/${encodeURIComponent(blueprint)}/scorecards`;

const writeCount = (lab: Lab, blueprint: string, value: number): Promise<void> =>
  writeEntity(lab, blueprint, { identifier: 'one', properties: { count: value } });

/** Makes a blueprint with a scorecard, and the entity `one` at the middle level. @returns the identifier of the blueprint */
async function makeScored(lab: Lab, what: string): Promise<string> {
  const blueprint = await makeBlueprint(lab, what, { count: { type: 'number', title: 'Count' } });
  await lab.port.require('POST', scorecardsPath(blueprint), scorecard);
  await writeCount(lab, blueprint, 2);
  return blueprint;
}

/** `Middle: enough SUCCESS, plenty FAILURE`; empty where the entity has no such scorecard. */
function standing({ scorecards }: Json): string {
  const { level, rules } = recordOf(recordOf(scorecards).ready);
  if (textOf(level) === '') return '';
  const each = recordsOf(rules).map(({ identifier, status }) => `${textOf(identifier)} ${textOf(status)}`);
  return `${textOf(level)}: ${each.sort().join(', ')}`;
}

/** Reads the entity until it stands so. @returns how it stands at last, and after which time */
async function standingAs(
  lab: Lab,
  blueprint: string,
  wanted: string,
): Promise<[came: string, time: string]> {
  const began = lab.elapsed();
  let came = '';
  await lab.until(async () => {
    came = standing(await readEntity(lab, blueprint, 'one'));
    return came === wanted ? came : undefined;
  });
  return [came || 'no scorecards', timeSince(lab, began)];
}

/** `found`, `not found`, or the refusal. */
async function searched(lab: Lab, blueprint: string, rule: Json): Promise<string> {
  const query = { combinator: 'and', rules: [{ scorecard: 'ready', operator: '=', ...rule }] };
  const answer = await lab.port.ask('POST', `${entitiesPath(blueprint)}/search`, { query, limit: 10 });
  if (answer.status >= 300) return codeOf(answer);
  return recordsOf(answer.body.entities).length > 0 ? 'found' : 'not found';
}

/** Questions about scorecards. */
export const scorecardQuestions: readonly Question[] = [
  {
    id: 'scorecard-in-entity',
    claim:
      'An entity that is read without `include` carries its scorecards, with the level and the status of each rule (SUCCESS or FAILURE); within 20 seconds they follow a change',
    matters: '`requireLevels` and `requireRules` of PortGate',
    ask: {
      does: 'makes a scorecard and an entity, reads its level, changes it, and reads the new level',
      makes,
      ask: async (lab) => {
        const blueprint = await makeScored(lab, 'scored');
        const wanted = [
          'Middle: enough SUCCESS, plenty FAILURE',
          'High: enough SUCCESS, plenty SUCCESS',
        ] as const;
        const [first, firstTime] = await standingAs(lab, blueprint, wanted[0]);
        if (first !== wanted[0]) return differs(wanted[0], first);
        await writeCount(lab, blueprint, 9);
        const [second, secondTime] = await standingAs(lab, blueprint, wanted[1]);
        if (second !== wanted[1]) return differs(`${wanted[1]} after the change`, second);
        const named = await lab.port.ask('GET', `${entityPath(blueprint, 'one')}?include=scorecards`);
        const isNamed = standing(recordOf(named.body.entity)) !== '';
        return holds(
          `there ${firstTime} after the entity was made, and ${secondTime} after it was changed; with include=scorecards: ${named.status}, ${isNamed ? 'there' : 'not there'}`,
        );
      },
    },
  },
  {
    id: 'scorecard-definitions',
    claim:
      'The scorecards of a blueprint are listed with their levels, the lowest first, and with their rules',
    matters: 'PortGate compares levels by their place in this list',
    ask: {
      does: 'makes a scorecard, and reads the list',
      makes,
      ask: async (lab) => {
        const blueprint = await makeScored(lab, 'defined');
        const listed = recordsOf((await lab.port.require('GET', scorecardsPath(blueprint))).scorecards);
        const { levels, rules } = listed.find(({ identifier }) => identifier === 'ready') ?? {};
        const titles = recordsOf(levels).map(({ title }) => textOf(title));
        const told = recordsOf(rules).map((rule) => `${textOf(rule.identifier)} of ${textOf(rule.level)}`);
        return compared(
          'Low, Middle, High; enough of Middle, plenty of High',
          `${titles.join(', ') || 'no levels'}; ${told.join(', ') || 'no rules'}`,
        );
      },
    },
  },
  {
    id: 'scorecard-search',
    claim:
      'A search of a blueprint finds entities by the level of a scorecard; what the value means where a rule is named as well, nothing relies on',
    matters:
      'queries that you give to PortSearchEntities and `forbidEntities` of PortGate, which are sent as they are',
    ask: {
      does: 'makes a scorecard and an entity, and searches by its level, and by the status and the level of a rule',
      makes,
      ask: async (lab) => {
        const blueprint = await makeScored(lab, 'byLevel');
        const found = await lab.until(async () => {
          const came = await searched(lab, blueprint, { value: 'Middle' });
          return came === 'not found' ? undefined : came;
        });
        if (found !== 'found') return differs('found', found ?? 'not found');
        const byStatus = await searched(lab, blueprint, { scorecardRule: 'enough', value: 'SUCCESS' });
        const byLevel = await searched(lab, blueprint, { scorecardRule: 'enough', value: 'Middle' });
        return holds(`found; with a rule, by its status: ${byStatus}; with a rule, by its level: ${byLevel}`);
      },
    },
  },
];
