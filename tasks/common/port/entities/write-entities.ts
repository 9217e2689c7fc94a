import type { Clock } from '../../clock.ts';
import { PortApiError, UnexpectedAnswerError } from '../../errors.ts';
import { isRecord } from '../../json.ts';
import { oneLine } from '../../text/plain-text.ts';
import type { PortClient } from '../client/client.ts';
import { type Entity, type WriteOptions, createdSince, writeQuery } from './write-entity.ts';

/** Port's API: "no more than 20 entities per request". */
export const mostEntitiesPerCall = 20;

/** Port's limit for the body of a request, in bytes; a larger one gets 413. */
export const largestRequest = 1024 * 1024;

export interface Refusal {
  readonly status: number;
  /** Port's own word, such as `blueprint_schema_mismatch`. */
  readonly code: string;
  readonly message: string;
}

/** What became of one entity of a call. */
export type BulkResult =
  | { readonly created: boolean; readonly refusal?: undefined }
  | { readonly created?: undefined; readonly refusal: Refusal };

export interface BulkOptions extends WriteOptions {
  /** When the first try began of a call whose answer was lost and that held these entities; ms since 1970. */
  readonly lostSince?: number | undefined;
  readonly mostResets?: number | undefined;
}

/**
 * Writes up to 20 entities of one blueprint in one call, and tells for each what became of it, whatever the status of the
 * answer. Where a try's answer was lost, what it had created counts as created.
 * @throws PortApiError where Port refused the call as a whole.
 */
export async function writeEntities(
  port: PortClient,
  clock: Pick<Clock, 'now'>,
  entities: readonly Entity[],
  options: BulkOptions,
): Promise<readonly BulkResult[]> {
  const { lostSince, mostResets } = options;
  const since = lostSince ?? clock.now();
  let lostAnswers = lostSince === undefined ? 0 : 1;
  const answer = await port.call('upsertEntities', {
    parameters: { blueprint: options.blueprint },
    query: writeQuery(options),
    body: { entities },
    onLost: () => lostAnswers++,
    ...(mostResets !== undefined && { mostResets }),
  });
  const results = entities.map((_entity, index) => resultAt(answer, index));
  return lostAnswers > 0 && !options.validateOnly
    ? correctLost(port, { entities, results, options, since })
    : results;
}

function resultAt(answer: Readonly<Record<string, unknown>>, index: number): BulkResult {
  const refused = recordAt(answer.errors, index);
  if (refused !== undefined) {
    const { statusCode, error, message } = refused;
    return {
      refusal: {
        status: typeof statusCode === 'number' ? statusCode : 0,
        code: typeof error === 'string' ? oneLine(error, 80) : '',
        message: typeof message === 'string' ? oneLine(message, 600) : '',
      },
    };
  }
  const written = recordAt(answer.entities, index);
  if (written !== undefined) return { created: written.created === true };
  return {
    refusal: { status: 0, code: 'no_result', message: "Port's answer does not say what became of it" },
  };
}

function recordAt(list: unknown, index: number): Readonly<Record<string, unknown>> | undefined {
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) {
    throw new UnexpectedAnswerError(
      "Cannot tell what became of the entities: the answer holds no list of them. Is baseUrl the address of Port's API?",
    );
  }
  return (list as readonly unknown[]).filter(isRecord).find((record) => record.index === index);
}

interface Lost {
  readonly entities: readonly Entity[];
  readonly results: readonly BulkResult[];
  readonly options: WriteOptions;
  readonly since: number;
}

async function correctLost(port: PortClient, lost: Lost): Promise<readonly BulkResult[]> {
  const { entities, results, options, since } = lost;
  const isDoubtful = (result: BulkResult | undefined) =>
    result?.created === false || result?.refusal?.code === 'identifier_taken';
  const identifiers = entities
    .filter((_entity, index) => isDoubtful(results[index]))
    .flatMap(({ identifier }) => (typeof identifier === 'string' ? [identifier] : []));
  if (identifiers.length === 0) return results;
  const created = await createdSince(port, { blueprint: options.blueprint, identifiers, since }).catch(
    (error: unknown) => {
      if (error instanceof PortApiError) return undefined;
      throw error;
    },
  );
  return results.map((result, index) => {
    if (!isDoubtful(result)) return result;
    if (created?.has(String(entities[index]?.identifier)) === true) return { created: true };
    return created === undefined ? withDoubt(result) : result;
  });
}

function withDoubt(result: BulkResult): BulkResult {
  if (result.refusal === undefined) return result;
  const message = `${result.refusal.message}. An earlier try of this step, whose answer was lost, may have created it`;
  return { refusal: { ...result.refusal, message } };
}
