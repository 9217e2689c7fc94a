import type { Part } from '../parts/part.ts';

/** Without these everything after them would fail for the same reason: the command ends with that one. */
export async function requireFoundation(parts: readonly Part[]): Promise<void> {
  for (const part of parts) if (part.isFoundation === true) await part.look();
}
