import type { Json } from '../../json.ts';
import { isRunId } from '../ingest.ts';
import { netBlueprintId } from './blueprint.ts';

/** An automation that hands what an entity of a pipeline run holds to Port's own API. */
export interface NetAutomation {
  readonly identifier: string;
  /** @param apiUrl Port's own API, which Port calls without credentials of ours */
  readonly definition: (apiUrl: string) => Json;
}

interface Rule {
  readonly identifier: string;
  readonly title: string;
  readonly event: 'ENTITY_CREATED' | 'ENTITY_UPDATED' | 'ANY_ENTITY_CHANGE';
  /** Expressions of jq over the change, all of which must hold. */
  readonly conditions: readonly string[];
  /** Of the API, which takes a PATCH there. */
  readonly path: string;
  readonly body: Json;
}

/** Where a condition finds the entity before and after the change. */
export const before = '.diff.before.properties';
export const after = '.diff.after.properties';

/** Whether the run in Port is one of this kind, by how its id begins. */
export const isOfKind = (prefix: 'r_' | 'wfnr_'): string => isRunId(`${after}.portRunId`, prefix);

/** The text of a property, for the path and the body of a call. */
export const value = (property: string): string => `{{ .event${after}.${property} }}`;

/** Action runs and workflow nodes have different routes. */
export const runPath = `/v1/actions/runs/${value('portRunId')}`;
export const nodePath = `/v1/workflows/nodes/runs/${value('portRunId')}`;

export function netAutomation({ identifier, title, event, conditions, path, body }: Rule): NetAutomation {
  return {
    identifier,
    definition: (apiUrl) => ({
      identifier,
      title,
      trigger: {
        type: 'automation',
        event: { type: event, blueprintIdentifier: netBlueprintId },
        condition: { type: 'JQ', combinator: 'and', expressions: [...conditions] },
      },
      invocationMethod: {
        type: 'WEBHOOK',
        url: apiUrl + path,
        method: 'PATCH',
        synchronized: true,
        headers: {},
        body,
      },
      publish: true,
    }),
  };
}
