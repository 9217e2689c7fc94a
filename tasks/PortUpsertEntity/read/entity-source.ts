import { isUtf8 } from 'node:buffer';
import type { Structured } from '../../common/structured-text/parse.ts';

/** An entity's text. Either it could be read, or there is a problem. */
export interface SourceEntry {
  /** From 0, in the order of the input. */
  readonly index: number;
  /** For messages: "catalog.jsonl line 12". */
  readonly place: () => string;
  readonly value: Structured;
  /** The length of its text, where it is known. */
  readonly bytes?: number;
  /** A sentence without place and full stop. */
  readonly problem?: string;
}

export interface ReadOptions {
  /** Others are counted, and not read. */
  readonly isWanted: (index: number) => boolean;
  /** It was read before without a problem. */
  readonly isChecked: boolean;
}

/** Where entities come from. It can be read again and again; what was inline or in JSON or YAML is kept. */
export interface EntitySource {
  /** Some entries at a time, no faster than they are asked for. */
  read(options: ReadOptions): AsyncIterable<readonly SourceEntry[]>;
}

/** What is wrong with a file's bytes, unless it is UTF-16. */
export function encodingFault(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? undefined : 'The file is neither UTF-8 nor UTF-16';
}
