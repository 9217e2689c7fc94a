import { type Draft, readDraft } from './draft.ts';
import type { EntitySource } from './entity-source.ts';
import type { Survey } from './survey.ts';

/** Many entities of an input. */
export interface EntityList {
  readonly kind: 'list';
  /** Of the entities that name none. */
  readonly blueprint: string | undefined;
  readonly source: EntitySource;
  readonly survey: Survey;
}

/** Which entity of the input it is. */
export interface ItemKey {
  /** From 0, in the order of the input. */
  readonly index: number;
  /** `unknown` where a search query finds the entity; Port calls it so too. */
  readonly identifier: string;
  readonly blueprint: string;
}

export interface Item extends ItemKey {
  readonly draft: Draft;
  /** The length of its text, where it is known. */
  readonly bytes?: number;
}

/** Reads entities that were surveyed before, some at a time, in the order of the input. Needs nothing of Port. */
export async function* readItems(
  { source, blueprint }: Pick<EntityList, 'source' | 'blueprint'>,
  isWanted: (index: number) => boolean,
): AsyncGenerator<readonly Item[]> {
  for await (const entries of source.read({ isWanted, isChecked: true })) {
    yield entries.map(({ index, value, bytes }) => {
      const draft = readDraft(value, blueprint, () => undefined);
      if (draft === undefined) throw new TypeError(`entity ${index} was checked and is none`);
      return { ...itemKey(index, draft), draft, ...(bytes !== undefined && { bytes }) };
    });
  }
}

export function itemKey(index: number, { identifier, blueprint }: Draft): ItemKey {
  return { index, identifier: typeof identifier === 'string' ? identifier : 'unknown', blueprint };
}
