import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsWithTables } from './docs/tables.ts';
import { manifestProblems } from './manifest-rules.ts';
import { readManifests, root } from './manifests.ts';

/** Fails where a manifest is wrong, or a table in the documentation is not what task.json says. */

const manifests = readManifests();
const stale = documentsWithTables(manifests)
  .filter(({ path, text }) => readFileSync(join(root, path), 'utf8') !== text)
  .map(({ path }) => `${path} is not up to date: run npm run docs`);

const problems = [...manifestProblems(manifests), ...stale];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
