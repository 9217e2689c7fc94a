import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsWithTables } from './doc-tables.ts';
import { readManifests, root } from './manifests.ts';

/** Writes the tables of inputs and outputs into the documentation, from task.json. */

for (const { path, text } of documentsWithTables(readManifests())) writeFileSync(join(root, path), text);
