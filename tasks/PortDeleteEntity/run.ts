import type { Outcome, TaskContext } from '../common/main.ts';
import { attachSummary } from '../common/outputs/summary.ts';
import { blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { RunTie } from '../common/port/entities/run-tie.ts';
import { runPage } from '../common/port/pages.ts';
import { cleanerOf, withPort } from '../common/port/session.ts';
import { markdownLink, markdownText } from '../common/text/markdown.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { callsInFlight, deleteAll } from './delete-all.ts';
import { Fates } from './deletions.ts';
import { type DeleteInputs, readInputs } from './inputs.ts';

/** PortDeleteEntity: deletes one entity or many of a blueprint. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const inputs = readInputs(host);
  const { blueprint, deleteDependents, identifiers } = inputs;
  const options = { connections: callsInFlight, isLong: identifiers.length > 1 };
  const work = async (port: PortClient) => {
    const tie = new RunTie(host, inputs.runId);
    const fates = new Fates();
    try {
      const lookUp = blueprintLookup(port);
      await deleteAll({ port, blueprint, deleteDependents, tie, lookUp, fates }, identifiers);
    } finally {
      announce(context, inputs, { fates, runId: tie.runId, appUrl: port.connection.appUrl });
    }
    const failure = fates.failure(blueprint, inputs.ignoreMissing);
    if (failure !== undefined) throw failure;
    return { result: 'Succeeded', message: told(inputs, fates) } as const;
  };
  return withPort(context, inputs, work, options);
}

interface Result {
  readonly fates: Fates;
  readonly runId: string | undefined;
  readonly appUrl: string;
}

function announce(context: TaskContext, inputs: DeleteInputs, { fates, runId, appUrl }: Result): void {
  const { host } = context;
  host.setOutput('deletedCount', String(fates.deleted));
  if (!inputs.isSummaryWanted) return;
  const rows: (readonly [string, string])[] = [
    ['Blueprint', markdownText(inputs.blueprint)],
    ['Deleted', String(fates.deleted)],
  ];
  if (fates.missing > 0) rows.push(['Were not there', String(fates.missing)]);
  if (fates.refused.length > 0) rows.push(['Not deleted', String(fates.refused.length)]);
  if (runId !== undefined) rows.push(['Run', markdownLink(runId, runPage(appUrl, runId))]);
  const table = ['| Port | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`), ''];
  attachSummary(host, cleanerOf(context, inputs)(table.join('\n')));
}

function told({ blueprint, identifiers }: DeleteInputs, { deleted, missing }: Fates): string {
  const [only = ''] = identifiers;
  const name = oneLine(blueprint);
  if (identifiers.length === 1) {
    return deleted === 1
      ? `Deleted ${name} "${oneLine(only)}".`
      : `There is no ${name} "${oneLine(only)}": nothing to delete.`;
  }
  const absent = missing === 0 ? '' : `; ${missing} were not there`;
  return `Deleted ${deleted} of ${identifiers.length} entities of blueprint ${name}${absent}.`;
}
