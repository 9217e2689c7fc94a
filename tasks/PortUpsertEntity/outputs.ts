import type { TaskContext } from '../common/main.ts';
import { entityPage } from '../common/port/identifiers.ts';
import { attachSummary } from '../common/summary.ts';
import type { UpsertInputs } from './inputs.ts';
import type { ResultRecord } from './result-file.ts';
import { summaryOf } from './summary-page.ts';
import type { Tally } from './tally.ts';

export interface Results {
  readonly tally: Tally;
  readonly resultFile: string | undefined;
  /** The run that the entities are tied to. */
  readonly runId: string | undefined;
  /** Where it was one entity. */
  readonly only?: ResultRecord;
}

/** Sets the outputs and shows the summary. */
export function announce(context: TaskContext, appUrl: string, inputs: UpsertInputs, results: Results): void {
  const { host } = context;
  const { tally, resultFile, only } = results;
  if (only !== undefined) {
    host.setOutput('identifier', only.identifier);
    host.setOutput('entityUrl', entityPage(appUrl, only.blueprint, only.identifier));
  }
  host.setOutput('upsertedCount', String(inputs.validateOnly ? 0 : tally.written));
  host.setOutput('failedCount', String(tally.failed));
  if (resultFile !== undefined) host.setOutput('resultFile', resultFile);
  if (!inputs.isSummaryWanted) return;
  attachSummary(host, summaryOf({ appUrl, isValidation: inputs.validateOnly, ...results }));
}
