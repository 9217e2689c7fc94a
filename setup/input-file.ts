import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';
import { decodeText } from '../tasks/common/text/decode.ts';
import { UsageError, messageOf } from './errors.ts';

/** A file that a person names. `advice` follows the message. @throws UsageError where it cannot be read */
export async function readInputFile(file: string, advice = ''): Promise<string> {
  try {
    return decodeText(await readFile(file));
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${messageOf(error)}. ${advice}`.trimEnd(), { cause: error });
  }
}

/** @throws UsageError with the first fault of a file's YAML */
export function requireYaml(document: Pick<Document.Parsed, 'errors'>, file: string): void {
  const [fault] = document.errors;
  if (fault !== undefined) throw new UsageError(`${file} is not YAML: ${fault.message}`);
}
