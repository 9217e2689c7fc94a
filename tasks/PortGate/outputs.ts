import type { Host } from '../common/agent/host.ts';
import type { TaskContext } from '../common/main.ts';
import { attachSummary } from '../common/outputs/summary.ts';
import { cleanerOf } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import { outputJson } from '../common/text/output-values.ts';
import { cut, oneLine } from '../common/text/plain-text.ts';
import type { Check } from './decide/check.ts';
import type { Decision } from './decide/wait.ts';
import type { GateInputs } from './inputs.ts';

/** What a check is in an output and in the result file. */
export interface Reason {
  readonly requirement: string;
  readonly found: string;
  readonly reason: string;
  readonly links: Check['links'];
}

/** Set once, at the end of the step, whatever becomes of it: a step that could not decide has not let anything pass. */
export class GateOutputs {
  decision: 'pass' | 'stop' = 'stop';
  reasons: readonly Reason[] = [];
  resultFile = '';

  set(host: Pick<Host, 'setOutput'>): void {
    host.setOutput('decision', this.decision);
    host.setOutput('reasons', outputJson(this.reasons.map(shortened)));
    host.setOutput('resultFile', this.resultFile);
  }
}

/** Reasons are few, but people write them: what an output variable holds is limited. */
function shortened({ requirement, found, reason, links }: Reason): Reason {
  return {
    requirement: cut(requirement, 200),
    found: cut(found, 200),
    reason: cut(reason, 500),
    links: links.slice(0, 3).map(({ title, url }) => ({ title: cut(title, 200), url: cut(url, 500) })),
  };
}

export function reasonsOf({ checks }: Decision): readonly Reason[] {
  return checks
    .filter(({ isMet }) => !isMet)
    .map(({ requirement, found, reason, links }) => ({ requirement, found, reason, links }));
}

/** The decision in one line, and each reason in one of its own. */
export function decisionText(head: string, reasons: readonly Reason[]): string {
  if (reasons.length === 0) return head;
  return [`${head}:`, ...reasons.map(({ reason }) => `- ${oneLine(reason, 1000)}`)].join('\n');
}

export interface Shown {
  readonly title: string;
  readonly decision: Decision;
  readonly url: string;
}

/** Shows a table of all requirements on the summary page of the pipeline run. */
export function showSummary(context: TaskContext, inputs: GateInputs, { title, decision, url }: Shown): void {
  if (!inputs.isSummaryWanted) return;
  const rows = decision.checks.map(
    ({ requirement, found, isMet, reason }) =>
      `| ${markdownText(requirement)} | ${markdownText(found)} | ${isMet ? 'holds' : `**stops**: ${markdownText(reason, 1000)}`} |`,
  );
  const table = [
    `${markdownText(title)}: ${markdownLink(inputs.identifier, url)}`,
    '',
    '| requirement | found | verdict |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  attachSummary(context.host, cleanerOf(context, inputs)(table));
}
