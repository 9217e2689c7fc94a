import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureCatalog } from './catalog.ts';
import { type Check, figureAtMost } from './checks.ts';
import { measureLookups } from './lookups.ts';
import { measureReportStep } from './report-step.ts';
import { joinFigures, resultsPage } from './results.ts';
import { extensionSize, limits, taskSizes } from './sizes.ts';
import { startWorld } from './world.ts';

/**
 * `npm run bench`: measures the built tasks against what a user would pick instead, prints tables and writes results.md.
 * `-- --quick`: fewer runs, writes nothing, and fails where a target is missed by more than the noise.
 * `-- --github-action dist/index.js`: measures that build of port-github-action as well.
 */

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, 'github-action': { type: 'string' } },
});

const world = await startWorld(values['github-action']);
const report = await measureReportStep(world, values.quick ? { near: 15, far: 7 } : { near: 40, far: 20 });
const lookups = await measureLookups(world, values.quick ? 7 : 20);
const catalog = await measureCatalog(world, values.quick ? [10_000] : [10_000, 100_000]);
world.close();
const sizes = { checks: sizeChecks(), tables: [] };
const { checks, tables } = joinFigures([report, lookups, sizes, catalog]);
const page = resultsPage(checks, tables);
console.log(page);

if (values.quick) {
  const missed = checks.filter(({ verdict }) => verdict === 'missed');
  for (const { what, measured, target } of missed) console.error(`Missed: ${what}: ${measured}, ${target}`);
  process.exitCode = missed.length === 0 ? 0 : 1;
} else {
  writeFileSync(join(import.meta.dirname, 'results.md'), page);
}

function sizeChecks(): Check[] {
  const kib = (bytes: number) => ({ value: bytes / 1024, unit: ' KiB' });
  const extension = extensionSize();
  return [
    ...Object.entries(taskSizes()).map(([name, size]) =>
      figureAtMost(`size of ${name}, as built`, kib(size), limits.task / 1024),
    ),
    ...(extension === undefined
      ? []
      : [figureAtMost('size of the extension (.vsix)', kib(extension), limits.extension / 1024)]),
  ];
}
