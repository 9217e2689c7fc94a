import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Host } from '../common/agent/host.ts';
import { messageOf } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import { attachSummary, summaryTable } from '../common/outputs/summary.ts';
import { temporaryFile } from '../common/outputs/temporary-file.ts';
import { cleanerOf } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import type { Contents } from './contents/read-contents.ts';
import { releaseNotes } from './contents/release-notes.ts';
import type { DeploymentInputs } from './inputs.ts';
import type { Recorded } from './record.ts';

/** The outputs of the main step; set once, at its end, whatever becomes of it. */
export class StepOutputs {
  identifier = '';
  entityUrl = '';
  leadTimeHours = '';
  commitCount = '';
  changesFile = '';

  set(host: Pick<Host, 'setOutput'>): void {
    host.setOutput('identifier', this.identifier);
    host.setOutput('entityUrl', this.entityUrl);
    host.setOutput('leadTimeHours', this.leadTimeHours);
    host.setOutput('commitCount', this.commitCount);
    host.setOutput('changesFile', this.changesFile);
  }
}

/**
 * Writes the release notes, without the values of secret variables. A file that cannot be written costs a warning.
 * @param known where they stand already.
 * @returns their path; undefined where there are none.
 */
export function writeNotes(
  context: TaskContext,
  inputs: DeploymentInputs,
  contents: Contents | undefined,
  known?: string,
): string | undefined {
  const { host } = context;
  if (contents === undefined) return known;
  try {
    const path = inputs.changesFile ?? known ?? temporaryFile(host, 'port-changes-', 'changes.md');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, notesOf(context, inputs, contents));
    return path;
  } catch (error) {
    host.warning(`The release notes cannot be written (${messageOf(error)}); everything else goes on.`);
    return undefined;
  }
}

function notesOf(context: TaskContext, inputs: DeploymentInputs, contents: Contents): string {
  return cleanerOf(context, inputs)(releaseNotes(context.host, inputs.environment, contents));
}

/** Shows what was recorded on the summary page of the pipeline run, with the release notes. */
export function showSummary(context: TaskContext, inputs: DeploymentInputs, recorded: Recorded): void {
  if (!inputs.isSummaryWanted) return;
  const { identifier, url, status, leadTime, contents } = recorded;
  const table = summaryTable([
    ['Deployment', markdownLink(identifier, url)],
    ['Environment', markdownText(inputs.environment)],
    ['Status', status],
    ...(leadTime === undefined ? [] : [['Lead time', `${leadTime} hours`] as const]),
    ...(contents === undefined ? [] : [['Commits', String(contents.commits.length)] as const]),
  ]);
  const notes = contents === undefined ? '' : `\n${notesOf(context, inputs, contents)}`;
  attachSummary(context.host, cleanerOf(context, inputs)(table) + notes);
}
