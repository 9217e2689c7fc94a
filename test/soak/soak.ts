import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type SoakFigures, soak } from './soak-run.ts';

/** `node test/soak/soak.ts --runs 2000 --at-a-time 4 --seed 1`: the built tasks against a Port that fails a fifth of all calls. */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    'at-a-time': { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    /** Where the figures go; nowhere when it is empty. */
    out: { type: 'string', default: join(import.meta.dirname, 'soak.md') },
  },
});

const options = {
  runs: Number(values.runs),
  atATime: Number(values['at-a-time']),
  seed: Number(values.seed),
};
const figures = await soak({
  ...options,
  onProgress: (done) => {
    if (done % 100 === 0) console.log(`${done} of ${options.runs}`);
  },
});
const text = report(figures);
console.log(text);
for (const wrong of figures.wrong) console.error(wrong);
if (values.out !== '') await writeFile(values.out, text);
process.exitCode = figures.wrong.length === 0 ? 0 : 1;

function report(figures: SoakFigures): string {
  const { runs, pipelines, seconds, calls, faults, results, median, p95, longest, wrong } = figures;
  const faultCount = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const rows = Object.entries(faults).sort(([, a], [, b]) => b - a);
  return `# Soak

\`node test/soak/soak.ts --runs ${runs} --at-a-time ${options.atATime} --seed ${options.seed}\`: the built tasks, each step a process of its own, against a local Port that fails a fifth of all calls. The two jobs of a pipeline run end at the same moment, within each other's report, or one after the other, and their timeline fails now and then too.

| | |
| --- | --- |
| Steps | ${runs}, ${options.atATime} at a time, in ${seconds.toFixed(0)} s |
| Pipeline runs among them: two jobs with \`scope: pipeline\`, four steps each | ${pipelines} |
| Calls that reached Port | ${calls} |
| Failed on purpose | ${faultCount} (${((100 * faultCount) / calls).toFixed(1)} %) |
| Steps by result | ${Object.entries(results)
    .map(([result, count]) => `${result} ${count}`)
    .join(', ')} |
| Time of a step: median, 95th percentile, longest | ${[median, p95, longest].map((time) => `${time.toFixed(0)} ms`).join(', ')} |
| Steps and pipeline runs after which Port did not hold what they said | ${wrong.length} |

| Fault | times |
| --- | --- |
${rows.map(([kind, count]) => `| ${kind} | ${count} |`).join('\n')}

A fault "after" strikes when Port has done what was asked: only the answer is lost. Nothing may be done twice for it, and nothing left out.
`;
}
