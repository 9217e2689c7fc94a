import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsWithTables } from './docs/tables.ts';
import { readManifests, root } from './manifests.ts';

/** Writes what is made into the documentation: tables from task.json and the code, and the reference on the Marketplace page. */

for (const { path, text } of documentsWithTables(readManifests())) writeFileSync(join(root, path), text);
