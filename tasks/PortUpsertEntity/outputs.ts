import type { TaskContext } from '../common/main.ts';
import { attachSummary } from '../common/outputs/summary.ts';
import { entityPage, runPage } from '../common/port/pages.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import type { UpsertInputs } from './inputs.ts';
import type { ResultRecord } from './results/result-file.ts';
import type { Tally } from './results/tally.ts';

export interface Results {
  readonly tally: Tally;
  readonly resultFile: string | undefined;
  /** The run that the entities are tied to. */
  readonly runId: string | undefined;
  /** Where it was one entity, and it was written. */
  readonly single?: ResultRecord;
}

/** Sets the outputs and shows the summary. */
export function setOutputs(
  context: TaskContext,
  appUrl: string,
  inputs: UpsertInputs,
  results: Results,
): void {
  const { host } = context;
  const { tally, resultFile, single } = results;
  if (single !== undefined) {
    host.setOutput('identifier', single.identifier);
    host.setOutput('entityUrl', entityPage(appUrl, single.blueprint, single.identifier));
  }
  host.setOutput('upsertedCount', String(inputs.validateOnly ? 0 : tally.written));
  host.setOutput('failedCount', String(tally.failed));
  if (resultFile !== undefined) host.setOutput('resultFile', resultFile);
  if (!inputs.isSummaryWanted) return;
  attachSummary(host, summaryOf({ appUrl, isValidation: inputs.validateOnly, ...results }));
}

export interface SummaryOptions extends Results {
  readonly appUrl: string;
  readonly isValidation: boolean;
}

/** Markdown for the run's summary page: the counts, the reasons of refusals, and the first entities of each kind. */
export function summaryOf({ appUrl, isValidation, tally, runId, resultFile }: SummaryOptions): string {
  const { created, updated, eitherWay, written, refused, unconfirmed, notSent, samples } = tally;
  const verb = (word: string) => (isValidation ? `would be ${word}` : word);
  const [made, changed, stored] = [verb('created'), verb('updated'), verb('written')];
  const counts = [
    [created, made],
    [updated, changed],
    [eitherWay, stored],
    [refused, 'refused'],
    [unconfirmed, 'sent without an answer'],
    [notSent, 'not sent'],
  ] as const;
  const run = runId === undefined ? '' : `Tied to run ${markdownLink(runId, runPage(appUrl, runId))}.`;
  return [
    '### Port entities',
    counts
      .filter(([count]) => count > 0)
      .map(([count, word]) => `**${count}** ${word}`)
      .join(' · ') || 'Nothing was sent.',
    run,
    tally
      .reasons()
      .map((reason) => `- ${markdownText(reason, 600)}`)
      .join('\n'),
    table(appUrl, [
      ...samples.refused.map((record) => ({ record, word: 'refused', isThere: false })),
      ...samples.created.map((record) => ({ record, word: made, isThere: !isValidation })),
      ...samples.updated.map((record) => ({ record, word: changed, isThere: true })),
      ...samples.eitherWay.map((record) => ({ record, word: stored, isThere: !isValidation })),
    ]),
    refused + written > Object.values(samples).flat().length
      ? `Only the first of each kind are shown${resultFile === undefined ? '' : '; the result file has all'}.`
      : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

interface Row {
  readonly record: ResultRecord;
  readonly word: string;
  readonly isThere: boolean;
}

function table(appUrl: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ record, word, isThere }) => {
    const { blueprint, identifier, error } = record;
    const name = isThere
      ? markdownLink(identifier, entityPage(appUrl, blueprint, identifier))
      : markdownText(identifier);
    return `| ${markdownText(blueprint)} | ${name} | ${word} | ${error === null ? '' : markdownText(error.message)} |`;
  });
  return ['| Blueprint | Entity | Result | Message |', '|---|---|---|---|', ...lines].join('\n');
}
