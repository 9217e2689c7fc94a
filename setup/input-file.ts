import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';
import { SetupError, messageOf } from './errors.ts';

/** A file that a person names. `advice` follows the message. @throws SetupError where it cannot be read */
export async function readInputFile(file: string, advice = ''): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SetupError(`Cannot read ${file}: ${messageOf(error)}. ${advice}`.trimEnd(), { cause: error });
  }
}

/** @throws SetupError with the first fault of a file's YAML */
export function requireYaml(document: Pick<Document.Parsed, 'errors'>, file: string): void {
  const [fault] = document.errors;
  if (fault !== undefined) throw new SetupError(`${file} is not YAML: ${fault.message}`);
}
