import type { Clock } from '../../clock.ts';
import { PortApiError, UnexpectedAnswerError } from '../../errors.ts';
import { isRecord, listOf } from '../../json.ts';
import type { PortClient } from '../client/client.ts';
import { identifierProblem } from '../identifiers.ts';

/** An entity as it is sent. */
export interface Entity {
  /** Text, or a search query that finds the one entity that is meant. */
  readonly identifier: unknown;
  readonly title?: string;
  readonly icon?: string;
  readonly team?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly relations?: Readonly<Record<string, unknown>>;
}

export type WriteMode = 'merge' | 'replace' | 'create';

export interface WriteOptions {
  readonly blueprint: string;
  readonly mode: WriteMode;
  readonly createMissingRelatedEntities: boolean;
  readonly validateOnly: boolean;
  /** The run to tie the entity to. */
  readonly runId: string | undefined;
}

export interface WrittenEntity {
  readonly identifier: string;
  /** Undefined where the answer does not tell. */
  readonly isNew: boolean | undefined;
}

/** Query parameters of an entity write. `upsert` alone would drop every property that is not sent. */
export function writeQuery(options: WriteOptions): Readonly<Record<string, string | boolean | undefined>> {
  return {
    upsert: options.mode !== 'create',
    merge: options.mode === 'merge',
    validation_only: options.validateOnly,
    create_missing_related_entities: options.createMissingRelatedEntities,
    run_id: options.runId,
  };
}

/**
 * Writes one entity. In mode `create` it is not taken for somebody else's if it was made by a try whose answer was lost.
 * @throws PortApiError with code identifier_taken where mode is `create` and the entity exists.
 */
export async function writeEntity(
  port: PortClient,
  clock: Pick<Clock, 'now'>,
  entity: Entity,
  options: WriteOptions,
): Promise<WrittenEntity> {
  const { blueprint, mode } = options;
  const started = clock.now();
  let lostAnswers = 0;
  try {
    const answer = await port.call(mode === 'create' ? 'createEntity' : 'upsertEntity', {
      parameters: { blueprint },
      query: writeQuery(options),
      body: entity,
      onLost: () => lostAnswers++,
    });
    return parseWritten(answer.entity, entity);
  } catch (error) {
    if (lostAnswers === 0 || !isTaken(error)) throw error;
    const identifier = String(entity.identifier);
    if (!(await createdSince(port, { blueprint, identifiers: [identifier], since: started })).has(identifier))
      throw error;
    return { identifier, isNew: true };
  }
}

function parseWritten(written: unknown, { identifier }: Entity): WrittenEntity {
  const { identifier: answered = identifier, createdAt, updatedAt } = isRecord(written) ? written : {};
  if (!isRecord(written) || typeof answered !== 'string' || identifierProblem(answered) !== undefined) {
    throw new UnexpectedAnswerError(
      "Cannot write the entity: the answer holds none with an identifier. Is baseUrl the address of Port's API?",
    );
  }
  return {
    identifier: answered,
    isNew:
      typeof createdAt === 'string' && typeof updatedAt === 'string' ? createdAt === updatedAt : undefined,
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof PortApiError && error.portCode === 'identifier_taken';
}

/** How far the clocks of agent and Port may differ, in ms. */
const clockDifference = 120_000;

/**
 * Which of these entities were made since a time. After an answer was lost this tells what the lost try has done from what
 * was there before.
 * @param wanted.since in ms since the epoch, by the agent's clock.
 */
export async function createdSince(
  port: PortClient,
  wanted: { blueprint: string; identifiers: readonly string[]; since: number },
): Promise<ReadonlySet<string>> {
  const answer = await port.call('searchEntities', {
    parameters: { blueprint: wanted.blueprint },
    body: {
      query: {
        combinator: 'and',
        rules: [{ property: '$identifier', operator: 'in', value: wanted.identifiers }],
      },
      // Port shows the time only to who asks for it.
      include: ['$identifier', '$createdAt'],
      limit: Math.max(1, wanted.identifiers.length),
    },
  });
  const recent = listOf(answer.entities)
    .filter(isRecord)
    .filter(({ createdAt }) => Date.parse(String(createdAt)) >= wanted.since - clockDifference);
  return new Set(recent.map(({ identifier }) => String(identifier)));
}
