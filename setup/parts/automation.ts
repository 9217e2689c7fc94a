import type { Json } from '../json.ts';
import { actionKind } from '../port/resource.ts';
import type { Products } from '../products.ts';
import type { Part } from './part.ts';
import { portPart, publicApiUrl } from './port-parts.ts';

/** An automation that hands what an entity holds to Port's own API. */
export interface Automation {
  readonly identifier: string;
  /** @param apiUrl Port's own API, which Port calls without credentials of ours */
  readonly definition: (apiUrl: string) => Json;
}

export interface AutomationRule {
  readonly identifier: string;
  readonly title: string;
  readonly event: 'ENTITY_CREATED' | 'ENTITY_UPDATED' | 'ANY_ENTITY_CHANGE';
  /** Of the entities that it listens to. */
  readonly blueprint: string;
  /** Expressions of jq over the change, all of which must hold. */
  readonly conditions: readonly string[];
  /** Of the API, which takes a PATCH there. */
  readonly path: string;
  readonly body: Json;
}

/** Where a condition finds the entity before and after the change. */
export const before = '.diff.before.properties';
export const after = '.diff.after.properties';

/**
 * Whether the run in Port is one of this kind, by its whole id. Whoever may write entities may write there what leads a call of
 * Port's own API to another place.
 */
export const isOfKind = (prefix: 'r_' | 'wfnr_'): string =>
  `(${after}.portRunId // "") | test("\\\\A${prefix}[A-Za-z0-9]+\\\\z")`;

/** The text of a property, for the path and the body of a call. */
export const value = (property: string): string => `{{ .event${after}.${property} }}`;

/** Action runs and workflow nodes have different routes. */
export const runPath = `/v1/actions/runs/${value('portRunId')}`;
export const nodePath = `/v1/workflows/nodes/runs/${value('portRunId')}`;

export function automation({
  identifier,
  title,
  event,
  blueprint,
  conditions,
  path,
  body,
}: AutomationRule): Automation {
  return {
    identifier,
    definition: (apiUrl) => ({
      identifier,
      title,
      trigger: {
        type: 'automation',
        event: { type: event, blueprintIdentifier: blueprint },
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

/** The part of an automation in Port. */
export const automationPart = (products: Products, { identifier, definition }: Automation): Part =>
  portPart(products, {
    kind: actionKind,
    identifier,
    isAutomation: true,
    definition: ({ apiUrl }) => definition(publicApiUrl(apiUrl)),
  });
